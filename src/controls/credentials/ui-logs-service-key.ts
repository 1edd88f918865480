import { type Control, notApplicable, stays, verdictOf } from '../control.ts'
import { internalHeaders } from '../edge/internal-headers.ts'
import { look, settingAt } from '../look.ts'
import { serviceOf } from '../reading.ts'
import { authTypes } from '../sign-in/reading.ts'

export const uiLogsServiceKey: Control = {
  meta: {
    id: 'ui-logs-service-key',
    title: "The service key in the UI's log opens nothing from outside",
    severity: 'high',
    area: 'credentials',
    why: 'At every SAML sign-in the UI writes all headers to its log, the service key among them, and the API takes that key from anybody.',
    risk: 'Whoever reads one line of that log acts as any user.',
    fix: 'Caddy takes the header off (internal-headers), so that the key counts inside the stack only; log-rotation keeps the log short. After the first run: docker compose up -d --force-recreate ui drops the old log, and rotate service-key ends a key that was in it.',
    reference: 'https://cwe.mitre.org/data/definitions/532.html',
  },
  inspect(c) {
    if (!authTypes(c).includes('saml')) return notApplicable('nobody signs in with SAML')
    if (serviceOf(c, 'ui') === undefined) return notApplicable('no service ui in this stack')
    const stripped = internalHeaders.inspect(c).kind === 'pass'
    return verdictOf([
      look(
        settingAt(c, 'ui', ['environment', 'TRACECAT__SERVICE_KEY'], 'in the log'),
        'in no log',
        {
          evidence: 'every SAML sign-in writes the service key to the log of ui',
          remedy:
            'Run tracecat-harden init, which makes the key useless from outside; then tracecat-harden rotate service-key.',
          ...(stripped
            ? {
                standing: stays(
                  'no release has a fix; from outside the key opens nothing, as Caddy takes it off',
                ),
                severity: 'medium' as const,
              }
            : {}),
        },
      ),
    ])
  },
}
