import { mask } from '../../secrets/secret.ts'

/** What to show for a secret found under a name (or '' where it has none). */
export type Redact = (name: string, secret: string) => string

export interface MaskRules {
  readonly isSecretName: (name: string) => boolean
  readonly redact: Redact
}

/** `${NAME}`, `${NAME:?message}`; upper case, so that a password such as `$ecret` is none. */
const reference = /^\$?\$\{[A-Z_][A-Z0-9_]*(?::?\?[^{}]*)?\}$/
const bareReference = /^\$?\$[A-Z_][A-Z0-9_]*$/
const withDefault = /^(\$\{[A-Z_][A-Z0-9_]*:?[-+])([\s\S]*)\}$/
const placeholder = /^\{(?:\$[A-Z_][A-Z0-9_]*|env\.[A-Z_][A-Z0-9_]*)\}$/
const harmlessWord = /^(?:true|false|yes|no|null|~)$/i

/** A secret's value as it is shown: masked, but for nothing, a truth value, or a reference to a variable. */
export function maskValue(name: string, value: string, rules: MaskRules): string {
  if (value.trim() === '' || value === mask || harmlessWord.test(value)) return value
  if (reference.test(value) || bareReference.test(value) || placeholder.test(value)) return value
  const [, head, fallback] = withDefault.exec(value) ?? []
  if (head !== undefined && fallback !== undefined) {
    return `${head}${maskValue(name, fallback, rules)}}`
  }
  return rules.redact(name, value)
}

/** As `maskValue`, with the quotes around the value kept. */
function maskQuoted(name: string, value: string, rules: MaskRules): string {
  const [, quote, inner] = /^(["'])([\s\S]*)\1$/.exec(value) ?? []
  if (quote === undefined || inner === undefined) return maskValue(name, value, rules)
  return `${quote}${maskValue(name, inner, rules)}${quote}`
}

const privateKey =
  /(-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----)[\s\S]*?(-----END [A-Z0-9 ]*PRIVATE KEY-----|$(?![\s\S]))/g

/** The password may hold any character, `@` and `/` too: everything up to the last `@`. */
const userAndPassword =
  /((?<![A-Za-z0-9+.-])[A-Za-z0-9+.-]+:\/\/)((?:\$\{[^{}]*\}|[^\s:@/])*):([\s\S]*)@/g
const redisClient = /(redis-cli\b[^|;&]*?\s-a\s+)(\S+)/g
const userOnly = /(https?:\/\/)([^\s:@/$]+)@/g
const passwordHash = /\$(?:2[abxy]|argon2(?:id|i|d)|5|6|y|scrypt|pbkdf2[\w-]*)\$[^\s"']+/g
const flag = /(^|[\s"'[,])(--?[A-Za-z][\w-]*)([ \t]+|=)((?:"(?:\\.|[^"])*"|'[^']*'|[^\s"'])+)/g
/** Not within `${...}`: that is a reference, perhaps with a message. */
const assignment = /(^|[^\w.-])(?<!\$\{)([\w.-]+)(["']?[ \t]*[=:][ \t]*)(?![=/])(.*)$/
const redisWord = /^([ \t]*(?:requirepass|masterauth)[ \t]+)(.+)$/
const redisUser = /^([ \t]*user[ \t].*)$/
const word =
  /(?<=^|[ \t])[+-]?((?:Proxy-)?Authorization|Cookie|[A-Za-z]\w*[_-][\w-]*)[ \t]+(?=\S)/gi

/**
 * A text in which we know no syntax, or a part of a file such as a comment or a command: everything
 * that looks like a secret is masked, to the end of its line where its own end can't be told.
 */
export function maskFreeText(text: string, rules: MaskRules): string {
  return text
    .replace(
      privateKey,
      (_, begin: string, end: string) => `${begin}${rules.redact('', begin + end)}${end}`,
    )
    .split('\n')
    .map((line) => maskLine(line, rules))
    .join('\n')
}

/** The text with the passwords of URIs masked. */
export function maskUris(text: string, rules: MaskRules): string {
  return text
    .replace(userAndPassword, (_, scheme: string, user: string, password: string) => {
      return `${scheme}${user}:${maskValue(`${scheme}${user}`, password, rules)}@`
    })
    .replace(
      userOnly,
      (_, scheme: string, user: string) => `${scheme}${rules.redact(scheme, user)}@`,
    )
}

function maskLine(whole: string, rules: MaskRules): string {
  const end = whole.endsWith('\r') ? '\r' : ''
  let line = maskUris(end ? whole.slice(0, -1) : whole, rules)
  line = line.replace(passwordHash, (hash) => rules.redact('', hash))
  line = line.replace(
    redisWord,
    (_, name: string, value: string) => name + maskQuoted(name.trim(), value, rules),
  )
  line = line.replace(redisUser, (user) =>
    user.replace(/ [>#]\S+/g, (found) => ` ${rules.redact('user', found.trim())}`),
  )
  line = line.replace(
    redisClient,
    (_, head: string, value: string) => head + maskQuoted('redis-cli', value, rules),
  )
  line = line.replace(flag, (all, before: string, name: string, between: string, value: string) =>
    rules.isSecretName(name.replace(/^-+/, ''))
      ? before + name + between + maskQuoted(name, value, rules)
      : all,
  )
  return maskAssignments(maskWords(line, rules), rules) + end
}

/** `NAME=value` and `name: value`, to the line's end: nobody knows where such a value stops. */
function maskAssignments(line: string, rules: MaskRules): string {
  let done = ''
  let rest = line
  for (;;) {
    const match = assignment.exec(rest)
    if (!match) return done + rest
    const [, before = '', name = '', between = '', value = ''] = match
    const head = rest.slice(0, match.index) + before + name + between
    // A flag's value has been seen to, and may be followed by others.
    const isFlag = name.startsWith('-') && /^[\s"'[,]?$/.test(before)
    if (rules.isSecretName(name) && !isFlag) {
      return (
        done +
        head +
        (value.includes(mask) ? remask(value, name, rules) : maskQuoted(name, value, rules))
      )
    }
    done += head
    rest = value
  }
}

/** A value of which a part is masked already. */
function remask(value: string, name: string, rules: MaskRules): string {
  return value.trim() === mask ? value : rules.redact(name, value)
}

/** A header or directive with its value behind a space: `Authorization "Bearer x"`, `api_token x`. */
function maskWords(line: string, rules: MaskRules): string {
  for (const match of line.matchAll(word)) {
    const [head, name = ''] = match
    if (!/^(?:(?:proxy-)?authorization|cookie)$/i.test(name) && !rules.isSecretName(name)) continue
    const at = match.index + head.length
    return line.slice(0, at) + maskQuoted(name, line.slice(at), rules)
  }
  return line
}
