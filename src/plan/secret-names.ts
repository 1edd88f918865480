/** A word of a variable's name that makes its value a secret. */
const secretWords =
  /^(?:PASS|PWD|PASSWD|\w*PASSWORDS?|\w*PASSPHRASES?|\w*SECRETS?|\w*TOKENS?|\w*KEYRINGS?|\w*CREDENTIALS?|KEYS?|\w*APIKEYS?|DSN|REQUIREPASS|MASTERAUTH)$/

/** Endings that name something about a secret, not the secret. */
const aboutSecrets =
  /_(?:ENABLED|DISABLED|ARN|FILE|PATH|DIR|URL|URI|NAME|TYPE|ALGORITHM|LENGTH|SIZE|COUNT|ITEMS|TTL|SECONDS|MINUTES|HOURS|DAYS|EXPIRY|PREFIX)$/

/** Identifiers, public halves and places of keys, which are no secrets although `KEY` is in their names. */
const harmlessKeys = /(?:PUBLIC_?KEYS?|KEY_?ID|KEY_VERSION|CERTIFICATE_KEY)$/

/**
 * Does a variable of this name hold a secret? By the name's words: PASSWORD, SECRET, KEY, TOKEN,
 * KEYRING, PASS, CREDENTIAL, DSN and their like; not for `AWS_ACCESS_KEY_ID`, `JWT_PUBLIC_KEY`,
 * `EXECUTOR_TOKEN_TTL_SECONDS`, `MIN_PASSWORD_LENGTH`. Case, and `-` for `_`, don't matter.
 */
export function isSecretName(name: string): boolean {
  const upper = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[-.]/g, '_')
    .toUpperCase()
  if (harmlessKeys.test(upper) || aboutSecrets.test(upper)) return false
  return upper.endsWith('_AUTH') || upper.split('_').some((word) => secretWords.test(word))
}
