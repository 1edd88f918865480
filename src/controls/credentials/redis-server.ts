import { parseConnectionUri } from '../../servers/uri.ts'
import type { Case, HardenCase, Verdict } from '../control.ts'
import { notApplicable, skipped } from '../control.ts'
import { type ComposeEdit, literal, setInService } from '../edit.ts'
import { baseModel, isStackHost, model, serviceOf, variableOf } from '../reading.ts'

/** The Compose config that holds our Redis' settings. */
export const configName = 'tracecat-harden-redis'
/** Where the short form of `configs:` puts it: an item of text can stand beside the admin's own. */
export const configTarget = `/${configName}`

/**
 * The command that Redis has without us, with our file in front and no password in it.
 * `--appendonly yes` is added unless the running server may hold data that only a snapshot has.
 */
export function command(c: HardenCase): ComposeEdit {
  const own = withoutPassword(commandWithoutOurs(c))
  const keep = commandAppends(own) || c.facts.fresh || mayTurnOn(c) ? withAppending(own) : own
  const [program = 'redis-server', ...rest] = keep
  return setInService('redis', ['command'], [program, configTarget, ...rest].map(literal))
}

function mayTurnOn(c: Case): boolean {
  return c.facts.redisAppends.known && c.facts.redisAppends.value
}

function commandWithoutOurs(c: Case): readonly string[] {
  const now =
    serviceOf(c, 'redis')?.command ?? baseModel(c)?.services.get('redis')?.command ?? stockCommand
  return now.filter((word) => word !== configTarget)
}

const stockCommand = ['redis-server', '--appendonly', 'yes']

/** Does a Redis that this command starts write everything down? Of an argument that stands twice the last one counts. */
export function commandAppends(words: readonly string[] | undefined): boolean {
  return argumentOf(words ?? [], '--appendonly')?.toLowerCase() === 'yes'
}

/** The last value of an argument, in any case, as Redis takes it. */
export function argumentOf(words: readonly string[], name: string): string | undefined {
  const index = words.findLastIndex((word) => word.toLowerCase() === name)
  return index < 0 ? undefined : (words[index + 1] ?? '')
}

/**
 * Why its arguments do not tell what Redis does: a shell or a program of the admin's starts it, or it
 * reads a file that is not in the Compose files.
 */
export function hiddenSettings(c: Case, of = model(c)): string | undefined {
  const redis = of?.services.get('redis')
  const words = redis?.command ?? []
  const [program = 'redis-server', first = ''] = words
  if (redis?.entrypoint !== undefined) return 'redis has an entrypoint of yours'
  if (/\.conf$/.test(program)) return `${program} was not read`
  if (!program.startsWith('-') && !/(?:^|\/)redis-server$/.test(program))
    return `redis is started by ${program}`
  if (argumentOf(words, '--aclfile') !== undefined) return 'the file of --aclfile was not read'
  if (program.startsWith('-') || first === '' || first.startsWith('-')) return undefined
  const inCompose = redis?.configs.find(({ target }) => target === first)
  const config = inCompose && of?.configs.get(inCompose.source)
  const isText = typeof config === 'object' && config !== null && 'content' in config
  return isText ? undefined : `${first} was not read`
}

/** Why Redis is left alone: what starts it, or configures it, is the admin's, and ours would not fit in. */
export function leftAlone(c: Case): string | undefined {
  return hiddenSettings(c, baseModel(c))
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

/** A verdict where this Redis is not ours to change. */
export function externalRedis(c: Case): Verdict | undefined {
  if (c.install.compose === undefined)
    return c.install.sources.length === 0 ? undefined : skipped('no Compose model')
  const url = variableOf(c, 'REDIS_URL') ?? ''
  if (/^unix:/i.test(url))
    return notApplicable('Redis is reached by a socket: yours, not of this stack')
  const uri = parseConnectionUri(url)
  if (uri !== undefined && !isStackHost(c, uri.host))
    return notApplicable(`Redis is on ${uri.host}: yours, not of this stack`)
  if (model(c)?.services.has('redis') === false)
    return notApplicable('no service redis in this stack')
  return undefined
}
