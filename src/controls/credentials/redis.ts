import { Secret } from '../../secrets/secret.ts'
import { isWellKnown } from '../../secrets/well-known.ts'
import {
  type Case,
  type Control,
  type Finding,
  type HardenCase,
  notApplicable,
  skipped,
  type Verdict,
  verdictOf,
} from '../control.ts'
import { addToService, type ComposeEdit, type Edit, setInService, setVariableTo } from '../edit.ts'
import { baseModel, isStackHost, model, serviceOf, valueOf, whereService, whereVariable } from '../reading.ts'
import { chosen } from '../secrets.ts'
import { formatConnectionUri, isUrlSafe, parseConnectionUri } from '../uri.ts'

const configName = 'tracecat-harden-redis'
/** Where the short form of `configs:` puts it: an item of text can stand beside the admin's own. */
const configTarget = `/${configName}`
/** Compose stops with this where the vendor's update dropped the variable. */
export const demandedPassword = '${REDIS_PASSWORD:?run tracecat-harden init to put it back}'
/** redis-cli exits 0 for a refused ping (measured with Redis 7.0): only the answer tells. */
const healthcheck = ['CMD-SHELL', 'redis-cli ping | grep -q PONG']

export const redisAuth: Control = {
  meta: {
    id: 'redis-auth',
    title: 'Redis demands a password',
    severity: 'critical',
    area: 'credentials',
    why: 'The stock Redis accepts everybody who reaches its port.',
    risk: 'A script that Tracecat runs, or any container of the stack, reads chats, takes over sign-in tokens of MCP clients and changes queued events.',
    fix: 'REDIS_PASSWORD is made and REDIS_URL refers to it. Redis reads it from a Compose config, since a password in its arguments shows in docker ps. The health check looks for PONG: redis-cli exits 0 when it is refused.',
    reference: 'https://docs.tracecat.com/self-hosting/security',
  },
  inspect(c) {
    const other = externalRedis(c)
    if (other !== undefined) return other
    return verdictOf([...urlFindings(c), ...serverFindings(c)])
  },
  harden(c) {
    if (externalRedis(c) !== undefined) return []
    const password = chosen(c.secrets, 'REDIS_PASSWORD')
    if (password === undefined) return []
    return [...variables(c, password), ...server(c)]
  },
}

export const redisPersistence: Control = {
  meta: {
    id: 'redis-persistence',
    title: 'Redis keeps its append-only file',
    severity: 'high',
    area: 'credentials',
    why: 'The documented way to set a Redis password replaces the command and drops --appendonly yes with it.',
    risk: 'A crash loses what Redis acknowledged; turning it on again by a restart loads a stale file or none.',
    fix: 'The command keeps --appendonly yes. Where it was dropped on a stack that has run, it is turned on in the running server first.',
    reference: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
  },
  inspect(c) {
    const other = externalRedis(c)
    if (other !== undefined) return other
    const command = serviceOf(c, 'redis')?.command
    if (appends(command)) return verdictOf([])
    return verdictOf([
      {
        where: whereService(c, 'redis', 'command'),
        service: 'redis',
        evidence: 'the command of redis lacks --appendonly yes',
        remedy: c.facts.fresh
          ? 'Run tracecat-harden init.'
          : `Do not just add it: Redis would start empty. In the running server first: ${turnOnAppending}; then run tracecat-harden init.`,
      },
    ])
  },
  harden(c) {
    return externalRedis(c) === undefined && chosen(c.secrets, 'REDIS_PASSWORD') !== undefined ? [command(c)] : []
  },
}

const turnOnAppending =
  'docker compose exec redis redis-cli CONFIG SET appendonly yes, and wait until INFO persistence says aof_rewrite_in_progress:0'

function variables(c: HardenCase, password: Secret): readonly Edit[] {
  const before = parseConnectionUri(valueOf(c, 'REDIS_URL') ?? '')
  const uri = before ?? { scheme: 'redis', user: '', password: '', host: 'redis', port: '6379', rest: '' }
  const value = new Secret(formatConnectionUri({ ...uri, user: '', password: password.reveal() }))
  const expression = `${uri.scheme}://:\${REDIS_PASSWORD}@${uri.host}${uri.port === '' ? '' : `:${uri.port}`}${uri.rest}`
  return [
    setVariableTo('REDIS_PASSWORD', password, {
      keep: true,
      after: 'REDIS_PORT',
      comment: 'Redis demands it. Must stand above REDIS_URL.',
    }),
    setVariableTo('REDIS_URL', value, {
      keep: true,
      after: 'REDIS_PASSWORD',
      ...(isUrlSafe(password.reveal()) ? { expression } : {}),
    }),
  ]
}

function server(c: HardenCase): readonly ComposeEdit[] {
  return [
    {
      kind: 'compose',
      edit: { op: 'set', path: ['configs', configName, 'content'], value: `requirepass ${demandedPassword}\n` },
    },
    addToService('redis', 'configs', configName),
    setInService('redis', ['environment', 'REDISCLI_AUTH'], demandedPassword),
    setInService('redis', ['healthcheck', 'test'], healthcheck),
    command(c),
  ]
}

/**
 * The command that Redis has without us, with our file in front and no password in it.
 * `--appendonly yes` is added unless the running server may hold data that only a snapshot has.
 */
function command(c: HardenCase): ComposeEdit {
  const own = withoutPassword(commandWithoutOurs(c))
  const keep = appends(own) || c.facts.fresh || mayTurnOn(c) ? withAppending(own) : own
  const [program = 'redis-server', ...rest] = keep
  return setInService('redis', ['command'], [program, configTarget, ...rest])
}

function mayTurnOn(c: Case): boolean {
  return c.facts.redisAppends.known && c.facts.redisAppends.value
}

function commandWithoutOurs(c: Case): readonly string[] {
  const now = serviceOf(c, 'redis')?.command ?? baseModel(c)?.services.get('redis')?.command ?? stockCommand
  return now.filter((word) => word !== configTarget)
}

const stockCommand = ['redis-server', '--appendonly', 'yes']

function appends(words: readonly string[] | undefined): boolean {
  return words?.some((word, index) => word === '--appendonly' && words[index + 1] === 'yes') ?? false
}

function withAppending(words: readonly string[]): readonly string[] {
  if (appends(words)) return words
  const index = words.indexOf('--appendonly')
  const rest = index < 0 ? words : [...words.slice(0, index), ...words.slice(index + 2)]
  return [...rest, '--appendonly', 'yes']
}

function withoutPassword(words: readonly string[]): readonly string[] {
  const index = words.indexOf('--requirepass')
  return index < 0 ? words : withoutPassword([...words.slice(0, index), ...words.slice(index + 2)])
}

function urlFindings(c: Case): readonly Finding[] {
  const uri = parseConnectionUri(valueOf(c, 'REDIS_URL') ?? '')
  const where = whereVariable(c, 'REDIS_URL')
  const remedy = 'Run tracecat-harden init.'
  if (uri === undefined) return [{ where, evidence: 'REDIS_URL is not a Redis URL', remedy }]
  if (uri.password === '') return [{ where, evidence: 'REDIS_URL has no password', remedy }]
  if (isWellKnown(uri.password)) {
    return [{ where, evidence: 'the password in REDIS_URL is one that everybody knows', remedy: 'Run tracecat-harden rotate redis.' }]
  }
  return []
}

function serverFindings(c: Case): readonly Finding[] {
  const redis = serviceOf(c, 'redis')
  if (redis === undefined) return []
  const remedy = 'Run tracecat-harden init.'
  const inArguments = redis.command?.includes('--requirepass') ?? false
  const findings: Finding[] = []
  if (inArguments) {
    findings.push({
      where: whereService(c, 'redis', 'command'),
      service: 'redis',
      severity: 'medium',
      evidence: 'the password is an argument: docker ps --no-trunc shows it',
      remedy,
    })
  } else if (!demandsPassword(c, redis.command ?? [])) {
    findings.push({ where: whereService(c, 'redis', 'command'), service: 'redis', evidence: 'Redis accepts connections without a password', remedy })
  }
  const test = redis.healthcheckTest?.join(' ') ?? ''
  if (findings.length === 0 && /redis-cli/.test(test) && !/PONG|(^|\s)-e(\s|$)/.test(test)) {
    findings.push({
      where: whereService(c, 'redis', 'healthcheck', 'test'),
      service: 'redis',
      severity: 'low',
      evidence: 'the health check stays green when Redis refuses it: redis-cli ping exits 0',
      remedy,
    })
  }
  return findings
}

/** Is one of the configs that the command names a file with requirepass? */
function demandsPassword(c: Case, words: readonly string[]): boolean {
  const configs = model(c)?.configs
  const mounted = serviceOf(c, 'redis')?.configs ?? []
  return mounted.some(({ source, target }) => {
    if (!words.includes(target)) return false
    const config = configs?.get(source)
    if (typeof config !== 'object' || config === null || !('content' in config)) return false
    const content = (config as { readonly content?: unknown }).content
    return typeof content === 'string' && /^\s*requirepass\s+\S/m.test(content)
  })
}

/** A verdict where this Redis is not ours to change. */
function externalRedis(c: Case): Verdict | undefined {
  if (c.install.compose === undefined) return c.install.sources.length === 0 ? undefined : skipped('no Compose model')
  const uri = parseConnectionUri(valueOf(c, 'REDIS_URL') ?? '')
  if (uri !== undefined && !isStackHost(c, uri.host)) return notApplicable(`Redis is on ${uri.host}: yours, not of this stack`)
  if (model(c)?.services.has('redis') === false) return notApplicable('no service redis in this stack')
  return undefined
}
