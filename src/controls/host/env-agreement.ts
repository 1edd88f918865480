import {
  catalogue,
  renamedVariables,
  secretIds,
  secretUsers,
  variablesOf,
} from '../../secrets/catalogue.ts'
import { isSecretName } from '../../secrets/names.ts'
import { isWellKnown } from '../../secrets/well-known.ts'
import { objectStorage } from '../../servers/object-storage.ts'
import { type Case, type Control, type Look, notApplicable, verdictOf } from '../control.ts'
import { look, settingAt } from '../look.ts'
import { model, platformServices, variableOf } from '../reading.ts'

/** What the other controls judge by `.env`. */
const judged = new Set([
  ...secretIds.flatMap((id) =>
    [...catalogue[id].variables, catalogue[id].uri?.variable ?? []].flat(),
  ),
  ...secretUsers,
  'TRACECAT__AUTH_TYPES',
  'TRACECAT__AUTH_ALLOWED_DOMAINS',
  'TRACECAT__AUTH_SUPERADMIN_EMAIL',
  'TRACECAT__AUTH_MIN_PASSWORD_LENGTH',
  'OIDC_ISSUER',
  'LOG_LEVEL',
  'TRACECAT__UNSAFE_DISABLE_SM_MASKING',
  'TRACECAT__EXECUTOR_BACKEND',
  'TRACECAT__DISABLE_NSJAIL',
  'TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED',
])

/** Beside those that run Tracecat's own image; a service of yours may call its own things as it likes. */
const others = new Set([
  'ui',
  objectStorage.service,
  ...renamedVariables.map(({ service }) => service),
])

/** A service without MinIO's root signs in as another user, with AWS_*: safer than .env (docs/tracecat.md#object-storage-in-tracecat). */
const withheld: ReadonlySet<string> = new Set(variablesOf(objectStorage.secret))

export const envAgreement: Control = {
  meta: {
    id: 'env-agreement',
    title: 'Services get what .env says',
    severity: 'medium',
    area: 'host',
    why: 'A value that stands in a Compose file, or in an env_file of a service, wins over .env for that service. What is right in .env then says nothing about what runs.',
    risk: 'A rule that .env shows does not hold, such as the allowed domains or the sandbox; a password that was rotated stays the old one in one place, and a file that is made to be committed has a secret in it.',
    fix: 'Remove the value from the Compose file and set it in .env. init changes no value of yours there.',
    reference: 'https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/',
  },
  inspect(c) {
    if (c.install.env === undefined) return notApplicable('there is no .env')
    const services = [...(model(c)?.services.values() ?? [])]
    const platform = platformServices(model(c))
    const ofTracecat = services.filter(
      (service) => platform.includes(service) || others.has(service.name),
    )
    return verdictOf(
      ofTracecat.flatMap(({ name, environment }) =>
        [...environment].flatMap(([variable, value]) => agrees(c, name, variable, value)),
      ),
    )
  },
}

function agrees(c: Case, service: string, variable: string, value: string | null): readonly Look[] {
  // Images have names of their own for what .env calls otherwise.
  const renamed = renamedVariables.filter((one) => one.service === service)
  const own = judged.has(variable) ? variable : undefined
  const source =
    renamed.length === 0 ? own : renamed.find(({ name }) => name === variable)?.variable
  const wanted = source === undefined ? undefined : variableOf(c, source)
  if (source === undefined || wanted === undefined || value === null) return []
  if (value === '' && withheld.has(variable) && service !== objectStorage.service) return []
  const secret = isSecretName(source)
  const place = settingAt(c, service, ['environment', variable], undefined)
  if (value === wanted) return [look({ ...place, value: 'the same' }, `as ${source}`)]
  return [
    look({ ...place, value: value === '' ? 'blank' : 'another' }, `as ${source}`, {
      evidence: `${service} gets ${value === '' ? 'a blank' : 'another'} ${variable}, not ${source === variable ? 'the one' : source} of ${c.install.envPath}`,
      remedy: `Remove it from the environment of ${service}, and set ${source} in ${c.install.envPath}.`,
      severity: secret ? (isWellKnown(value) ? 'critical' : 'high') : undefined,
    }),
  ]
}
