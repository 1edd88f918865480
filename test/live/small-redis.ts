import type { Answer } from './scripted-stack.ts'

export interface SmallRedis {
  /** Of the user default; none means that it needs none. */
  readonly passwords: Set<string>
  /** What INFO says, in the order of asking; the last one stays. */
  readonly persistence: Readonly<Record<string, string>>[]
  /** Every command that was carried out. */
  readonly done: string[][]
  readonly answer: Answer
}

/** As much of redis-cli 7.0 in front of Redis 7.0 as changing a password takes, with their own words. */
export function smallRedis(...passwords: string[]): SmallRedis {
  const redis = {
    passwords: new Set(passwords),
    persistence: [{ aof_enabled: '0' }] as Readonly<Record<string, string>>[],
    done: [] as string[][],
  }
  const answer: Answer = ({ env, stdin }) => {
    const session = {
      isIn: redis.passwords.size === 0 || redis.passwords.has(env.REDISCLI_AUTH ?? ''),
    }
    const lines = stdin.split('\n').slice(0, -1)
    const replies = lines.map((line) => obey(redis, session, words(line)))
    return { stdout: replies.map((reply) => `${reply}\n`).join('') }
  }
  return { ...redis, answer }
}

function obey(
  redis: Omit<SmallRedis, 'answer'>,
  session: { isIn: boolean },
  command: string[] | undefined,
): string {
  if (command === undefined) return 'Invalid argument(s)'
  const [name, argument = '', , rule = ''] = command
  if (name === 'AUTH') {
    if (redis.passwords.size === 0) {
      return 'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?\n'
    }
    if (!redis.passwords.has(argument)) {
      return 'WRONGPASS invalid username-password pair or user is disabled.\n'
    }
    session.isIn = true
    return 'OK'
  }
  if (!session.isIn) return 'NOAUTH Authentication required.\n'
  redis.done.push(command)
  if (name === 'PING') return 'PONG'
  if (name === 'CONFIG') return 'OK'
  if (name === 'INFO') {
    const facts =
      (redis.persistence.length > 1 && redis.persistence.shift()) || redis.persistence[0]
    const lines = Object.entries(facts ?? {}).map((fact) => `${fact.join(':')}\r\n`)
    return `# Persistence\r\n${lines.join('')}`
  }
  const password = rule.slice(1)
  if (rule.startsWith('>')) redis.passwords.add(password)
  else if (!redis.passwords.delete(password)) {
    return `ERR Error in ACL SETUSER modifier '${rule}': The password you are trying to remove from the user does not exist\n`
  }
  return 'OK'
}

/** The grammar of redis-cli's lines (sdssplitargs), for double quotes; undefined where it refuses. */
function words(line: string): string[] | undefined {
  const found: string[] = []
  let rest = line
  while (rest !== '') {
    const [whole, inside = ''] = /^"((?:[^"\\]|\\.)*)"(?: |$)/.exec(rest) ?? []
    if (whole === undefined) return undefined
    const bytes = inside.replace(/\\x([0-9a-f]{2})|\\(.)/g, (_, hex: string, other: string) =>
      hex === undefined ? other : String.fromCharCode(Number.parseInt(hex, 16)),
    )
    found.push(Buffer.from(bytes, 'latin1').toString())
    rest = rest.slice(whole.length)
  }
  return found
}
