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

type MaskText = (text: string, rules: MaskRules) => string

function masked(
  text: string,
  maskText: MaskText,
  isSecretName: IsSecretName,
  masker: Masker,
  before: KnownSecrets | undefined,
): Masked {
  const redact = (name: string, secret: string): string =>
    before === undefined || before.get(name)?.has(secret) ? mask : `${mask} (new)`
  return masker.mask(maskText(text, { isSecretName, redact }))
}

/**
 * A `.env` text as it may be shown: every value of a secret's name, every password in a URI and
 * every secret that the masker knows is `********`; references (`${NAME}`) and empty values stay.
 * With `before`, a secret that did not stand under its name there is `******** (new)`.
 */
export function maskEnvText(
  text: string,
  isSecretName: IsSecretName,
  masker: Masker,
  before?: KnownSecrets,
): Masked {
  return masked(text, maskEnv, isSecretName, masker, before)
}

/** As `maskEnvText`, for YAML: `NAME: value`, `- NAME=value`, arguments, block scalars, comments. */
export function maskYamlText(
  text: string,
  isSecretName: IsSecretName,
  masker: Masker,
  before?: KnownSecrets,
): Masked {
  return masked(text, maskYaml, isSecretName, masker, before)
}

/** As `maskEnvText`, for a text of any other syntax, such as a Caddyfile. */
export function maskPlainText(
  text: string,
  isSecretName: IsSecretName,
  masker: Masker,
  before?: KnownSecrets,
): Masked {
  return masked(text, maskFreeText, isSecretName, masker, before)
}

/** Which kind of text a file holds, by its name. */
function kindOf(path: string): { readonly show: typeof maskEnvText; readonly maskText: MaskText } {
  const name = path.split('/').at(-1) ?? path
  if (/^\.env|\.env$/.test(name)) return { show: maskEnvText, maskText: maskEnv }
  if (/\.ya?ml$/.test(name)) return { show: maskYamlText, maskText: maskYaml }
  return { show: maskPlainText, maskText: maskFreeText }
}

/** A file's text as it may be shown; the path's last part says which syntax it has. */
export function maskFileText(
  path: string,
  text: string,
  isSecretName: IsSecretName,
  masker: Masker,
  before?: KnownSecrets,
): Masked {
  return kindOf(path).show(text, isSecretName, masker, before)
}

/** The secrets that stand in a file's text, to be compared with those of a later one. */
export function secretsOf(path: string, text: string, isSecretName: IsSecretName): KnownSecrets {
  const secrets = new Map<string, Set<string>>()
  const redact = (name: string, secret: string): string => {
    secrets.set(name, (secrets.get(name) ?? new Set()).add(secret))
    return mask
  }
  kindOf(path).maskText(text, { isSecretName, redact })
  return secrets
}
