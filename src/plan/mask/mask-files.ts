import type { Masked } from '../../secrets/masked.ts'
import type { Masker } from '../../secrets/masker.ts'
import { mask } from '../../secrets/secret.ts'
import { maskEnv } from './mask-env.ts'
import { type MaskRules, maskFreeText } from './mask-text.ts'
import { maskYaml } from './mask-yaml.ts'

/** Does a variable or key of this name hold a secret? */
export type IsSecretName = (name: string) => boolean

/** The secrets of an earlier text: where each stands, and its value. */
export type KnownSecrets = ReadonlyMap<string, ReadonlySet<string>>

/** Which kind of text a file holds, by its name: `.env`, YAML, or any other, such as a Caddyfile or a log. */
function maskingOf(path: string): (text: string, rules: MaskRules) => string {
  const name = path.split('/').at(-1) ?? path
  if (/^\.env|\.env$/.test(name)) return maskEnv
  return /\.ya?ml$/.test(name) ? maskYaml : maskFreeText
}

/**
 * A file's text as it may be shown: every value of a secret's name, every password in a URI and
 * every secret that the masker knows is `********`; references (`${NAME}`) and empty values stay.
 * With `before`, a secret that did not stand under its name there is `******** (new)`.
 * @param path its last part says which syntax the text has
 */
export function maskFileText(
  path: string,
  text: string,
  isSecretName: IsSecretName,
  masker: Masker,
  before?: KnownSecrets,
): Masked {
  const redact = (name: string, secret: string): string =>
    before === undefined || before.get(name)?.has(secret) ? mask : `${mask} (new)`
  return masker.mask(maskingOf(path)(text, { isSecretName, redact }))
}

/** The secrets that stand in a file's text, to be compared with those of a later one. */
export function secretsOf(path: string, text: string, isSecretName: IsSecretName): KnownSecrets {
  const secrets = new Map<string, Set<string>>()
  const redact = (name: string, secret: string): string => {
    secrets.set(name, (secrets.get(name) ?? new Set()).add(secret))
    return mask
  }
  maskingOf(path)(text, { isSecretName, redact })
  return secrets
}
