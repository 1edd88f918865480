import { argumentOf, commandAppends, redis } from '../../servers/redis.ts'
import { bundledService } from '../bundled.ts'
import type { Case, HardenCase } from '../control.ts'
import { type ComposeEdit, literal, setInService } from '../edit.ts'
import { baseModel, model, serviceOf } from '../reading.ts'

/** The Compose config that holds our Redis' settings. */
export const configName = 'tracecat-harden-redis'
/** Where the short form of `configs:` puts it: an item of text can stand beside the admin's own. */
export const configTarget = `/${configName}`

/**
 * The command that Redis has without us, with our file in front and no password in it.
 * `--appendonly yes` is added unless the running server may hold data that only a snapshot has.
 */
export function command(c: HardenCase, service: string): ComposeEdit {
  const own = withoutPassword(commandWithoutOurs(c, service))
  const keep = commandAppends(own) || c.facts.fresh || mayTurnOn(c) ? withAppending(own) : own
  const [program = 'redis-server', ...rest] = keep
  return setInService(service, ['command'], [program, configTarget, ...rest].map(literal))
}

function mayTurnOn(c: Case): boolean {
  return c.facts.redisAppends.known && c.facts.redisAppends.value
}

function commandWithoutOurs(c: Case, service: string): readonly string[] {
  const now =
    serviceOf(c, service)?.command ?? baseModel(c)?.services.get(service)?.command ?? stockCommand
  return now.filter((word) => word !== configTarget)
}

const stockCommand = ['redis-server', '--appendonly', 'yes']

/**
 * Why its arguments do not tell what Redis does: a shell or a program of the admin's starts it, or it
 * reads a file that is not in the Compose files.
 */
export function hiddenSettings(c: Case, service: string, of = model(c)): string | undefined {
  const server = of?.services.get(service)
  const words = server?.command ?? []
  const [program = 'redis-server', first = ''] = words
  if (server?.entrypoint !== undefined) return `${service} has an entrypoint of yours`
  if (/\.conf$/.test(program)) return `${program} was not read`
  if (!program.startsWith('-') && !/(?:^|\/)redis-server$/.test(program))
    return `${service} is started by ${program}`
  if (argumentOf(words, '--aclfile') !== undefined) return 'the file of --aclfile was not read'
  if (program.startsWith('-') || first === '' || first.startsWith('-')) return undefined
  const inCompose = server?.configs.find(({ target }) => target === first)
  const config = inCompose && of?.configs.get(inCompose.source)
  const isText = typeof config === 'object' && config !== null && 'content' in config
  return isText ? undefined : `${first} was not read`
}

/** Why Redis is left alone: what starts it, or configures it, is the admin's, and ours would not fit in. */
export function leftAlone(c: Case, service: string): string | undefined {
  return service === redis.service
    ? hiddenSettings(c, service, baseModel(c))
    : `the service ${service} is yours`
}

/** The service of a Redis of this stack that may be changed. */
export function changeable(c: Case): string | undefined {
  const service = bundledService(c, redis)
  return service === undefined || leftAlone(c, service) !== undefined ? undefined : service
}

function withAppending(words: readonly string[]): readonly string[] {
  if (commandAppends(words)) return words
  const index = words.indexOf('--appendonly')
  if (index < 0) return [...words, '--appendonly', 'yes']
  return withAppending([...words.slice(0, index), ...words.slice(index + 2)])
}

function withoutPassword(words: readonly string[]): readonly string[] {
  const index = words.indexOf('--requirepass')
  return index < 0 ? words : withoutPassword([...words.slice(0, index), ...words.slice(index + 2)])
}
