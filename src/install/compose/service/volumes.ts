import { posix } from 'node:path'
import { asWritten, mapTree, refuse, type Tree, textOf, textScalar, valueScalar } from '../tree.ts'

/** The parts of a volume's short form. */
interface ShortVolume {
  readonly source: string
  readonly target: string
  readonly options: readonly string[]
}

const propagations = ['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave']

/**
 * Reads `[source:]target[:options]` as Compose does: a single letter before a colon is a Windows
 * drive, so `v:/data` has no source. Measured with Compose 2.40.
 *
 * @throws Failure('badInput') where Compose refuses it
 */
export function parseVolume(item: Tree): ShortVolume {
  const text = textOf(item)
  const wrong = (why: string, remedy?: string) =>
    refuse(`${asWritten(item)} is no volume: ${why}`, item.at, remedy)
  if (item.kind !== 'scalar' || typeof item.value !== 'string') throw wrong('it is no string')
  if (text === '') throw wrong('it is empty', setVariable(item))
  if (text.length <= 2) return { source: '', target: text, options: [] }
  const parts: string[] = []
  for (const part of text.split(':')) {
    const drive = parts.at(-1)
    if (drive !== undefined && /^\p{L}$/u.test(drive)) parts[parts.length - 1] = `${drive}:${part}`
    else parts.push(part)
  }
  if (parts.includes('')) throw wrong('nothing stands between two colons', setVariable(item))
  if (parts.length > 3) throw wrong('it has too many colons')
  const [first = '', second, options] = parts
  if (second === undefined) return { source: '', target: first, options: [] }
  return { source: first, target: second, options: options?.split(',') ?? [] }
}

/** The short form as the long form, in the words of `docker compose config`. */
export function expandVolume(item: Tree): Tree {
  const { source, target, options } = parseVolume(item)
  const { at } = item
  const isBind = /^[.~/]|^\\\\|^\p{L}:/u.test(source)
  const readOnly = options.filter((option) => option === 'ro' || option === 'rw').at(-1) === 'ro'
  const propagation = options.filter((option) => propagations.includes(option)).at(-1)
  const selinux = options.filter((option) => option === 'z' || option === 'Z').at(-1)
  const ofBind = mapTree(
    [
      ...(propagation === undefined ? [] : [['propagation', textScalar(propagation, at)] as const]),
      ...(selinux === undefined ? [] : [['selinux', textScalar(selinux, at)] as const]),
      ['create_host_path', valueScalar(true, at)],
    ],
    at,
  )
  const ofVolume = mapTree(
    options.includes('nocopy') ? [['nocopy', valueScalar(true, at)]] : [],
    at,
  )
  return mapTree(
    [
      ['type', textScalar(isBind ? 'bind' : 'volume', at)],
      ...(source === '' ? [] : [['source', textScalar(source, at)] as const]),
      ['target', textScalar(cleanPath(target), at)],
      ...(readOnly ? [['read_only', valueScalar(true, at)] as const] : []),
      isBind ? ['bind', ofBind] : ['volume', ofVolume],
    ],
    at,
  )
}

/** A path without `..`, doubled slashes and a slash at its end. */
export function cleanPath(path: string): string {
  const normal = posix.normalize(path)
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal
}

/** A path on the host as Compose resolves it: an absolute one is left as it is written. */
export function hostPath(path: string, projectDirectory: string, home: string | undefined): string {
  const expanded =
    path.startsWith('~') && home !== undefined ? posix.join(home, path.slice(1)) : path
  const absolute = expanded.startsWith('/') || /^\p{L}:|^\\\\/u.test(expanded)
  return absolute ? cleanHome(path, expanded) : cleanPath(posix.join(projectDirectory, expanded))
}

const cleanHome = (path: string, expanded: string): string =>
  path === expanded ? path : cleanPath(expanded)

/** What is blank though something is written there is a variable without a value. */
function setVariable(item: Tree): string | undefined {
  const [, name] = /\$\{?([A-Za-z_]\w*)/.exec(asWritten(item)) ?? []
  return name === undefined ? undefined : `Set ${name} in .env.`
}
