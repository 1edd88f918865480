/** Words that name a secret, as the last word of a name or before a number: `API_KEY`, `clientSecret`, `KEY_2`. */
const secretWord =
  /^(?:\w*(?:PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|APIKEY)|SECRETS|PASS|PWD|PAT|KEY|KEYRING|CREDENTIALS?|DSN)$/

/** Names whose value carries a password although no word says so. */
const carriers = new Set(['REDISCLI_AUTH', 'REDIS_URL', 'DATABASE_URL', 'CONNECTION_STRING'])

/** Names that look secret and are not: a path, and what anybody may know. */
const open = new Set(['CERTIFICATE_KEY', 'PUBLIC_KEY'])

/**
 * Does a variable or key of this name hold a secret, by its name alone? Whole words decide, in
 * upper, lower, snake, kebab or camel case; the last one counts, so that `TOKEN_TTL_SECONDS`,
 * `MIN_PASSWORD_LENGTH` and `DB_ENCRYPTION_KEY__ARN` are none. Database URIs are secrets: the
 * password stands in them.
 */
export function isSecretName(name: string): boolean {
  const words = name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '' && !/^\d+$/.test(word))
  const joined = words.join('_')
  if (open.has(joined) || open.has(words.slice(-2).join('_'))) return false
  if (carriers.has(joined) || /(?:^|_)(?:DB|DATABASE|POSTGRES|MONGO)_URI$/.test(joined)) return true
  return secretWord.test(words.at(-1) ?? '')
}
