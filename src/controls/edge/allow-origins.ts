import { type Control, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { environmentAt, look, runInit } from '../look.ts'
import { isOverruled, serviceOf, variableOf } from '../reading.ts'
import { publicUrl } from './public-urls.ts'

export const allowOrigins: Control = {
  meta: {
    id: 'allow-origins',
    title: 'Only the public address may call the API from a browser',
    severity: 'high',
    area: 'edge',
    why: "Tracecat's set-up script leaves TRACECAT__ALLOW_ORIGINS blank. From beta.40 on that means every origin, with cookies; before, it means none and breaks the UI.",
    risk: 'A page on a sibling subdomain acts in the name of whoever is signed in.',
    fix: 'It is set to PUBLIC_APP_URL alone.',
    reference: 'https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CORS',
  },
  inspect(c) {
    const name = 'TRACECAT__ALLOW_ORIGINS'
    const value = serviceOf(c, 'api')?.environment.get(name) ?? variableOf(c, name) ?? ''
    const app = variableOf(c, 'PUBLIC_APP_URL') ?? ''
    const others = value.split(',').filter((origin) => origin.trim() !== app)
    const evidence =
      value === ''
        ? `${name} is blank: ${c.release.abilities.blankOriginsMeanAll ? 'every origin is allowed, with cookies' : 'no origin is allowed'}`
        : `${name} also allows ${others.join(', ')}`
    return verdictOf([
      look(
        { ...environmentAt(c, 'api', name), service: undefined, value },
        app,
        (value === '' || others.length > 0) && {
          evidence,
          remedy: isOverruled(c, 'api', name)
            ? `Write $\{${name}} in its place in the Compose file, which overrules .env, then run tracecat-harden init.`
            : runInit,
        },
      ),
    ])
  },
  harden(c) {
    return [
      setVariableTo('TRACECAT__ALLOW_ORIGINS', publicUrl(c.answers), {
        expression: '${PUBLIC_APP_URL}',
        after: 'PUBLIC_APP_URL',
      }),
    ]
  },
}
