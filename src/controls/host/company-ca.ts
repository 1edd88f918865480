import { ownPaths } from '../../install/install.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { setInService } from '../edit.ts'
import { environmentAt, look } from '../look.ts'
import { mountReadOnly } from '../mount.ts'
import { baseModel, model, platformServices } from '../reading.ts'

const bundleTarget = '/etc/ssl/certs/tracecat-harden-ca.crt'

/** What Python's ssl, requests, curl and Node read; each replaces the built-in trust, so the bundle has both. */
const bundleNames = [
  'SSL_CERT_FILE',
  'REQUESTS_CA_BUNDLE',
  'CURL_CA_BUNDLE',
  'NODE_EXTRA_CA_CERTS',
] as const

export const companyCa: Control = {
  meta: {
    id: 'company-ca',
    title: "Containers trust the company's authority where there is one",
    severity: 'medium',
    area: 'host',
    why: "Containers don't share the host's trust store: a provider or a service with a certificate of the company's authority is unreachable for them.",
    risk: 'Sign-in through such a provider stops the api at start.',
    fix: "caBundle: the company's certificates and the public ones go into one file, mounted into every container that calls out.",
    reference: 'https://docs.python.org/3/library/ssl.html#ssl.get_default_verify_paths',
  },
  inspect(c) {
    if (c.answers?.caBundle === undefined) return notApplicable('no caBundle in the answers')
    return verdictOf(
      platformServices(model(c)).map(({ name, environment }) =>
        look(
          environmentAt(c, name, 'SSL_CERT_FILE'),
          bundleTarget,
          environment.get('SSL_CERT_FILE') !== bundleTarget && {
            evidence: `${name} does not trust the certificates in caBundle`,
          },
        ),
      ),
    )
  },
  harden(c) {
    if (c.answers.caBundle === undefined || c.trustBundle === undefined) return []
    return [
      { kind: 'file', path: ownPaths.trustBundle, text: c.trustBundle },
      ...platformServices(baseModel(c)).flatMap(({ name }) => [
        mountReadOnly(name, ownPaths.trustBundle, bundleTarget),
        ...bundleNames.map((variable) =>
          setInService(name, ['environment', variable], bundleTarget),
        ),
      ]),
    ]
  },
}
