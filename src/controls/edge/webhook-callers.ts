import { type Control, notApplicable, verdictOf } from '../control.ts'
import { setInService } from '../edit.ts'
import { look, runInit, settingAt } from '../look.ts'
import { baseModel, serviceOf } from '../reading.ts'

/** Tried with uvicorn 0.54: unset, the address is the proxy's; with *, the header's, and its scheme. */
const variable = 'FORWARDED_ALLOW_IPS'

export const webhookCallers: Control = {
  meta: {
    id: 'webhook-callers',
    title: 'The API sees who calls, not Caddy',
    severity: 'medium',
    area: 'edge',
    why: "The API's server believes X-Forwarded-For from 127.0.0.1 only, so every caller has Caddy's address: allow-lists of webhooks refuse everybody, or, with Caddy's address on them, nobody.",
    risk: 'An allow-list that had to be opened to work lets everybody call the webhook; logs do not say who did.',
    fix: "FORWARDED_ALLOW_IPS is set to * on the api. Caddy's address changes with every recreate, and networks in this variable need a newer server than old releases have. Caddy replaces the header, and nobody else outside reaches the api, which publishes no port: only containers of the stack could claim an address.",
    reference: 'https://www.uvicorn.org/settings/#http',
  },
  inspect(c) {
    const api = serviceOf(c, 'api')
    if (api === undefined) return notApplicable('no service api in this stack')
    const value = api.environment.get(variable) ?? ''
    const place = settingAt(c, 'api', ['environment', variable], value)
    if (api.ports.length > 0 && value.includes('*')) {
      return verdictOf([
        look(place, 'not * where the api publishes a port', {
          severity: 'high',
          evidence: `the api publishes a port and believes any caller's X-Forwarded-For (${variable}=*)`,
          remedy: 'Remove the published port of the api: callers come through Caddy.',
        }),
      ])
    }
    return verdictOf([
      look(
        place,
        'Caddy among them',
        believesLoopbackOnly(value) && {
          evidence: "to the api every caller has Caddy's address",
          remedy:
            value === ''
              ? runInit
              : `Remove ${variable} from the environment of api, then run tracecat-harden init.`,
        },
      ),
    ])
  },
  harden(c) {
    const stock = baseModel(c)?.services.get('api')
    const now = serviceOf(c, 'api')
    if (stock === undefined || now === undefined || now.ports.length > 0) return []
    const value = now.environment.get(variable) ?? ''
    return value === '' || value === '*'
      ? [setInService('api', ['environment', variable], '*')]
      : []
  },
}

/** What uvicorn does unasked; Caddy is another container, and never has such an address. */
function believesLoopbackOnly(value: string): boolean {
  return value.split(',').every((one) => /^(?:|127\..*|::1|localhost)$/.test(one.trim()))
}
