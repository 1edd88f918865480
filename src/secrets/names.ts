/** Words that make a name a secret's, wherever they stand in it: `API_KEY`, `clientSecret`, `TOKEN_PROD`. */
const secretWord =
  /^(?:\w*(?:PASSWORD|PASSPHRASE|PASSWD|SECRET|TOKEN|KEYRING|CREDENTIAL|APIKEY)S?|KEYS?|(?:PG|MY|DB|SQL|REDIS|ROOT|ADMIN|USER|SMTP|MAIL|LDAP|FTP|SSH|PROXY)?PASS|PWD|PW|PAT|DSN|REQUIREPASS|MASTERAUTH)$/

/** Whoever knows the address of an incoming webhook may post: Slack's, Teams' and Discord's have no other secret. */
const webhook = /(?:^|_)WEBHOOKS?(?:_(?:URL|URI|ENDPOINT))?$/

/** Last words of a name that says something about a secret and holds none. */
const aboutSecrets =
  /^(?:ENABLED|DISABLED|REQUIRED|ARN|FILE|PATH|DIR|URL|URI|NAME|TYPE|ALGORITHM|VERSION|POLICY|LENGTH|SIZE|COUNT|ITEMS|LIMIT|TTL|MS|SECONDS|MINUTES|HOURS|DAYS|EXPIRY|LIFETIME|PREFIX|HEADER)$/

/** Names whose value carries a password although no word says so. */
const carrier =
  /^(?:REDIS_URL|DATABASE_URL|CONNECTION_STRING|(?:\w+_)?(?:DB|DATABASE|POSTGRES)_URI)$/

/** Names that look secret and are not: a path, a choice, an identifier, what anybody may know. */
const open = /(?:^|_)(?:CERTIFICATE_KEY|KEEP_PASSWORDS|PUBLIC_KEYS?|KEY_ID)$/

/**
 * Does a variable or key of this name hold a secret, by its name alone? Whole words decide, in
 * upper, lower, snake, kebab or camel case. `TOKEN_TTL_SECONDS`, `MIN_PASSWORD_LENGTH` and
 * `DB_ENCRYPTION_KEY__ARN` are none; database URIs are: the password stands in them.
 */
export function isSecretName(name: string): boolean {
  const words = wordsOf(name)
  return carrier.test(words.join('_')) || isSecret(words)
}

/**
 * The same for values that are nothing but a secret. A URI is not: everything of it but the password
 * may be shown.
 */
export function isWhollySecretName(name: string): boolean {
  return isSecret(wordsOf(name))
}

function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter((word) => word !== '')
}

function isSecret(words: readonly string[]): boolean {
  const last = words.at(-1) ?? ''
  if (webhook.test(words.join('_'))) return true
  if (open.test(words.join('_')) || aboutSecrets.test(last)) return false
  return (words.length > 1 && last === 'AUTH') || words.some((word) => secretWord.test(word))
}
