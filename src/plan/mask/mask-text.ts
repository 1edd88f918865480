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

/** Defaults inside defaults: a person writes three. Below this many, everything counts as the secret. */
const deepest = 20

/** A secret's value as it is shown: masked, but for nothing, a truth value, or a reference to a variable. */
export function maskValue(name: string, value: string, rules: MaskRules, depth = 0): string {
  if (value.trim() === '' || value === mask || harmlessWord.test(value)) return value
  if (reference.test(value) || bareReference.test(value) || placeholder.test(value)) return value
  const [, head, fallback] = depth < deepest ? (withDefault.exec(value) ?? []) : []
  if (head !== undefined && fallback !== undefined) {
    return `${head}${maskValue(name, fallback, rules, depth + 1)}}`
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

/*
 * Each pattern below is tried at every character of a text that an attacker may have written. None may
 * look far ahead and fail, or match one text in two ways: that takes the square of the time, or more.
 * test/linear.fuzz.ts holds it.
 */

/** `scheme://user:`, with references of Compose, whose defaults hold colons, as a part of the user. */
const login =
  /(?<![A-Za-z0-9+.-])([A-Za-z0-9+.-]+:\/\/)((?:\$\{[^{}]*\}|(?!\$\{[^{}]*\})[^\s:@/])*):/g
/** The same where only a colon in such a default can end the user. */
const looseLogin =
  /(?<![A-Za-z0-9+.-])([A-Za-z0-9+.-]+:\/\/)((?:\$\{[^{}:]*\}|(?!\$\{[^{}:]*\})[^\s:@/])*):/g
const userOnly = /(https?:\/\/)([^\s:@/$]+)@/g
const bcrypt64 = /\bJDJ[hi45]JD[A-Za-z0-9+/_-]{20,}=*/g
const passwordHash = /\$(?:2[abxy]|argon2(?:id|i|d)|5|6|y|scrypt|pbkdf2[\w-]*)\$[^\s"']+/g
const flag = /(^|[\s"'[,])(--?[A-Za-z][\w-]*)([ \t]+|=)((?:\\\S|"(?:\\.|[^"\\])*"|'[^']*'|\S)+)/g
/** Not within `${...}`: that is a reference, perhaps with a message. */
const assigned = String.raw`(?<!\$\{)([\w.-]+)(["']?[ \t]*[=:][ \t]*)(?![=/])`
const firstAssignment = new RegExp(assigned, 'y')
const laterAssignment = new RegExp(String.raw`([^\w.-])${assigned}`, 'g')
const redisWord = /^([ \t]*(?:requirepass|masterauth)[ \t]+)([\s\S]+)$/
const redisUser = /^[ \t]*user[ \t]/
const word = /(?<=^|[ \t])[+-]?([A-Za-z][\w-]*)[ \t]+(?=\S)/g

/** A program whose option is followed by a secret: what of the option's value is shown depends on the program. */
interface SecretOption {
  readonly program: RegExp
  readonly option: RegExp
  shown(value: string, rules: MaskRules): string
}

const secretOptions: readonly SecretOption[] = [
  {
    program: /redis-cli\b/g,
    option: /\s-a\s+(\S+)/g,
    shown: (value, rules) => maskQuoted('redis-cli', value, rules),
  },
  {
    program: /\bcurl\b/g,
    option: /\s(?:-[uU]|--(?:proxy-)?user)(?:\s+|=|(?<=-[uU]))("(?:\\.|[^"\\])*"|'[^']*'|\S+)/g,
    shown: (value, rules) => maskUserAndPassword(value, rules),
  },
]

/** `user:password`, as curl takes it, in quotes or not. */
export function maskUserAndPassword(value: string, rules: MaskRules): string {
  const [, quote = '', user = '', password] = /^(["']?)([^:]*):([\s\S]+)$/.exec(value) ?? []
  if (password === undefined) return value
  const end = quote !== '' && password.endsWith(quote) ? quote : ''
  return `${quote}${user}:${maskValue('curl', password.slice(0, password.length - end.length), rules)}${end}`
}

/** The program, then its option before the command ends: at `|`, `;` or `&`. */
function maskOption(line: string, { program, option, shown }: SecretOption, rules: MaskRules) {
  let result = ''
  let done = 0
  let found: RegExpExecArray | null | undefined
  for (let at = 0; ; ) {
    program.lastIndex = at
    const start = program.exec(line)
    if (start === null) return result + line.slice(done)
    const from = program.lastIndex
    if (found === undefined || (found !== null && found.index < from)) {
      option.lastIndex = from
      found = option.exec(line)
    }
    if (found === null) return result + line.slice(done)
    const end = line.slice(from, found.index).search(/[|;&]/)
    if (end >= 0) {
      at = from + end
      continue
    }
    const [whole, value = ''] = found
    at = found.index + whole.length
    result += line.slice(done, at - value.length) + shown(value, rules)
    done = at
  }
}

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
  return maskLogin(text, rules).replace(
    userOnly,
    (_, scheme: string, user: string) => `${scheme}${rules.redact(scheme, user)}@`,
  )
}

/** The password may hold any character, `@` and `/` too: it is everything up to the last `@`. */
function maskLogin(text: string, rules: MaskRules): string {
  const last = text.lastIndexOf('@')
  if (last < 0) return text
  const first = firstLogin(text)
  if (first === undefined || first.end > last) return text
  const { scheme, user, end } = first
  const password = maskValue(`${scheme}${user}`, text.slice(end, last), rules)
  return text.slice(0, end) + password + text.slice(last)
}

function firstLogin(text: string) {
  const found = [login, looseLogin].flatMap((pattern) => {
    pattern.lastIndex = 0
    const match = pattern.exec(text)
    if (match === null) return []
    const [whole, scheme = '', user = ''] = match
    return [{ start: match.index, end: match.index + whole.length, scheme, user }]
  })
  return found.reduce<(typeof found)[number] | undefined>(
    (best, one) => (best !== undefined && best.start <= one.start ? best : one),
    undefined,
  )
}

function maskLine(whole: string, rules: MaskRules): string {
  const end = whole.endsWith('\r') ? '\r' : ''
  let line = maskUris(end ? whole.slice(0, -1) : whole, rules)
  line = line.replace(passwordHash, (hash) => rules.redact('', hash))
  line = line.replace(bcrypt64, (hash) => rules.redact('', hash))
  line = line.replace(
    redisWord,
    (_, name: string, value: string) => name + maskQuoted(name.trim(), value, rules),
  )
  if (redisUser.test(line))
    line = line.replace(/ [>#]\S+/g, (found) => ` ${rules.redact('user', found.trim())}`)
  for (const option of secretOptions) line = maskOption(line, option, rules)
  line = line.replace(flag, (all, before: string, name: string, between: string, value: string) =>
    rules.isSecretName(name.replace(/^-+/, ''))
      ? before + name + between + maskQuoted(name, value, rules)
      : all,
  )
  return maskAssignments(maskWords(line, rules), rules) + end
}

/** `NAME=value` and `name: value`, to the line's end: nobody knows where such a value stops. */
function maskAssignments(line: string, rules: MaskRules): string {
  for (let at = 0; ; ) {
    firstAssignment.lastIndex = at
    laterAssignment.lastIndex = at
    const first = firstAssignment.exec(line)
    const match = first ?? laterAssignment.exec(line)
    if (match === null) return line
    const [before, name = ''] = first === null ? [match[1] ?? '', match[2]] : ['', match[1]]
    at = match.index + match[0].length
    // A flag's value has been seen to, and may be followed by others.
    const isFlag = name.startsWith('-') && /^[\s"'[,]?$/.test(before)
    if (rules.isSecretName(name) && !isFlag) {
      const value = line.slice(at)
      const shown = value.includes(mask)
        ? remask(value, name, rules)
        : maskQuoted(name, value, rules)
      return line.slice(0, at) + shown
    }
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
    const isHeader = /^(?:(?:proxy-)?authorization|cookie)$/i.test(name)
    if (!isHeader && !(/[_-]/.test(name) && rules.isSecretName(name))) continue
    const at = match.index + head.length
    return line.slice(0, at) + maskQuoted(name, line.slice(at), rules)
  }
  return line
}
