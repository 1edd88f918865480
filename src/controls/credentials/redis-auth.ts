import { Secret } from '../../secrets/secret.ts'
import { isWellKnown } from '../../secrets/well-known.ts'
import { argumentOf, redis, redisUrl, redisVariables } from '../../servers/redis.ts'
import { formatConnectionUri, isUrlSafe } from '../../servers/uri.ts'
import { ofBundled } from '../bundled.ts'
import {
  type Case,
  type Control,
  type HardenCase,
  type Look,
  skipped,
  verdictOf,
} from '../control.ts'
import { addToService, type ComposeEdit, type Edit, setInService, setVariableTo } from '../edit.ts'
import { look, runInit, settingAt, variableAt } from '../look.ts'
import { model, serviceOf, whereService, whereVariable } from '../reading.ts'
import { chosen } from '../secrets.ts'
import { changeable, command, configName, hiddenSettings, leftAlone } from './redis-server.ts'

/** Compose stops with this where the vendor's update dropped the variable. */
const requiredPassword = '${REDIS_PASSWORD:?run tracecat-harden init to put it back}'
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
    return ofBundled(c, redis, (service) => {
      const verdict = verdictOf([inUrl(c, service), ...inServer(c, service)])
      const hidden = hiddenSettings(c, service)
      return verdict.kind === 'pass' && hidden !== undefined ? skipped(hidden) : verdict
    })
  },
  harden(c) {
    const service = changeable(c)
    const password = chosen(c.secrets, redisVariables.password)
    if (service === undefined || password === undefined) return []
    return [...variables(c, service, password), ...server(c, service)]
  },
}

function variables(c: HardenCase, service: string, password: Secret): readonly Edit[] {
  const before = redisUrl(c.install)
  const uri = before ?? {
    scheme: 'redis',
    user: '',
    password: '',
    host: service,
    port: '6379',
    rest: '',
  }
  const named = namesNobody(c, service, uri.user) ? '' : uri.user
  const value = new Secret(
    formatConnectionUri({ ...uri, user: named, password: password.reveal() }),
  )
  const user = encodeURIComponent(named)
  const expression = `${uri.scheme}://${user}:\${REDIS_PASSWORD}@${uri.host}${uri.port === '' ? '' : `:${uri.port}`}${uri.rest}`
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

function server(c: HardenCase, service: string): readonly ComposeEdit[] {
  return [
    {
      kind: 'compose',
      edit: {
        op: 'set',
        path: ['configs', configName, 'content'],
        value: `requirepass ${requiredPassword}\n`,
      },
    },
    addToService(service, 'configs', configName),
    setInService(service, ['environment', 'REDISCLI_AUTH'], requiredPassword),
    setInService(service, ['healthcheck', 'test'], healthcheck),
    command(c, service),
  ]
}

function inUrl(c: Case, service: string): Look {
  const uri = redisUrl(c.install)
  const own = leftAlone(c, service)
  const isKnown = isWellKnown(uri?.password ?? '')
  const problem =
    uri === undefined
      ? 'REDIS_URL is not a Redis URL'
      : uri.password === ''
        ? 'REDIS_URL has no password'
        : isKnown
          ? 'the password in REDIS_URL is one that everybody knows'
          : undefined
  return look(
    {
      ...variableAt(c, 'REDIS_URL'),
      subject: 'the password in REDIS_URL',
      value: problem ?? 'a password of its own',
    },
    'a password of its own',
    problem !== undefined && {
      evidence: problem,
      remedy: isKnown
        ? 'Run tracecat-harden rotate redis.'
        : own === undefined
          ? runInit
          : `Give Redis a password where its settings are (${own}), and put it into REDIS_URL.`,
    },
  )
}

function inServer(c: Case, service: string): readonly Look[] {
  const started = serviceOf(c, service)
  if (started === undefined) return []
  const words = started.command ?? []
  const argument = argumentOf(words, '--requirepass')
  const password = argument ?? demandedPassword(c, service, words)
  const open = password === undefined || password === '' || letsIn(words)
  const demanded = open ? undefined : password
  const inArguments = argument !== undefined && argument !== ''
  const command = { where: whereService(c, service, 'command'), service }
  const test = started.healthcheckTest?.join(' ') ?? ''
  const uri = redisUrl(c.install)
  const sent = uri?.password ?? ''
  const url = { where: whereVariable(c, 'REDIS_URL'), service }
  const stranger = namesNobody(c, service, uri?.user ?? '')
  const differs = demanded !== undefined && sent !== '' && sent !== demanded
  return [
    look(
      { ...command, subject: `--requirepass of ${service}`, value: inArguments ? 'set' : argument },
      'no argument',
      inArguments && {
        severity: 'medium',
        evidence: 'the password is an argument: docker ps --no-trunc shows it',
      },
    ),
    look(
      { ...command, subject: `connections to ${service}`, value: open ? 'open' : 'by password' },
      'by password',
      open &&
        (argument !== undefined || hiddenSettings(c, service) === undefined) && {
          evidence: 'Redis accepts connections without a password',
          remedy: letsIn(words)
            ? `Remove --user default ... nopass from the command of ${service}, then run tracecat-harden init.`
            : runInit,
        },
    ),
    look(
      settingAt(c, service, ['healthcheck', 'test'], test),
      'one that fails when Redis refuses it',
      demanded !== undefined &&
        /redis-cli/.test(test) &&
        !/PONG|(^|\s)-e(\s|$)/.test(test) && {
          severity: 'low',
          evidence: 'the health check stays green when Redis refuses it: redis-cli ping exits 0',
        },
    ),
    look(
      { ...url, subject: 'the user in REDIS_URL', value: stranger ? 'unknown' : 'known' },
      'known',
      stranger && {
        evidence: 'REDIS_URL names a user whom Redis does not know: no service gets in',
      },
    ),
    look(
      {
        ...url,
        subject: 'the password that services send',
        value: differs ? 'another' : 'as demanded',
      },
      'as demanded',
      differs && {
        evidence: 'the password in REDIS_URL is not the one that Redis demands: no service gets in',
        remedy: 'Let REDIS_URL refer to ${REDIS_PASSWORD}; tracecat-harden init does it.',
      },
    ),
  ]
}

/** A user that neither an argument nor a config gives to Redis, which then has `default` alone. */
function namesNobody(c: Case, service: string, user: string): boolean {
  const words = serviceOf(c, service)?.command ?? []
  const hasUsers =
    words.some((word) => word.toLowerCase() === '--user') ||
    configTexts(c, service, words).some((text) => /^\s*user\s/im.test(text))
  return user !== '' && user !== 'default' && !hasUsers && hiddenSettings(c, service) === undefined
}

/** `--user default on nopass ...` lets everybody in, whatever requirepass says. */
function letsIn(words: readonly string[]): boolean {
  const index = words.findLastIndex((word) => word.toLowerCase() === '--user')
  return index >= 0 && /(?:^|\s)nopass(?:\s|$)/i.test(words.slice(index + 1, index + 12).join(' '))
}

/** The password in one of the configs that the command names. */
function demandedPassword(c: Case, service: string, words: readonly string[]): string | undefined {
  return configTexts(c, service, words)
    .map((text) => /^\s*requirepass\s+(\S+)/m.exec(text)?.[1])
    .find((password) => password !== undefined)
}

/** The configs that the command names, where the Compose file holds their text. */
function configTexts(c: Case, service: string, words: readonly string[]): readonly string[] {
  const configs = model(c)?.configs
  return (serviceOf(c, service)?.configs ?? []).flatMap(({ source, target }) => {
    const config = words.includes(target) ? configs?.get(source) : undefined
    if (typeof config !== 'object' || config === null || !('content' in config)) return []
    const { content } = config as { readonly content?: unknown }
    return typeof content === 'string' ? [content] : []
  })
}
