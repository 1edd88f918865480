import { proxiesTo } from '../../edge/inspect.ts'
import { Failure, type Where } from '../../failure.ts'
import { parseCaddyfile } from '../../install/caddyfile/parse.ts'
import type { Caddyfile } from '../../install/caddyfile/tree.ts'
import { type InstallFile, ownPaths } from '../../install/install.ts'
import { type Case, skipped, type Verdict } from '../control.ts'
import { serviceOf } from '../reading.ts'

const target = '/etc/caddy/Caddyfile'

/** The Caddyfile that Caddy reads: the one mounted over its default path. */
export function effectivePath(c: Case): string | undefined {
  const mount = serviceOf(c, 'caddy')?.mounts.find((one) => one.target === target)
  if (mount?.source === undefined) return undefined
  const directory = `${c.install.directory}/`
  return mount.source.startsWith(directory) ? mount.source.slice(directory.length) : mount.source
}

export interface EffectiveEdge {
  readonly path: string
  readonly caddyfile: Caddyfile
}

/** The Caddyfile in effect, read; or why nothing can be said about it. */
export function effectiveEdge(c: Case): EffectiveEdge | Verdict {
  const path = effectivePath(c)
  if (path === undefined) return skipped('no Caddyfile is mounted into a service named caddy')
  const file = c.install.files.get(path)
  if (file === undefined) return skipped(`${path} was not read`)
  const edge = parsed.get(file) ?? parse(file)
  parsed.set(file, edge)
  return edge
}

/** Many controls look at the same file. */
const parsed = new WeakMap<InstallFile, EffectiveEdge | Verdict>()

function parse({ path, text }: InstallFile): EffectiveEdge | Verdict {
  try {
    return { path, caddyfile: parseCaddyfile(text, path) }
  } catch (error) {
    if (error instanceof Failure) return skipped(`${path} cannot be read: ${error.message}`)
    throw error
  }
}

export function isVerdict(value: EffectiveEdge | Verdict): value is Verdict {
  return 'kind' in value
}

export function whereEdge(edge: EffectiveEdge, line?: number): Where {
  return line === undefined ? { file: edge.path } : { file: edge.path, line }
}

/** The way to the api, which most rules are about; without one, the file. */
export function whereApi(edge: EffectiveEdge): Where {
  return whereEdge(edge, proxiesTo(edge.caddyfile, 'api')[0]?.directive.line)
}

/**
 * Replaces `{$NAME}` and `{$NAME:default}` as Caddy does, from its container's environment: up to the
 * first `}`. In time linear in the text, whatever stands in it.
 */
export function withEnvironment(c: Case, text: string): string {
  const environment = serviceOf(c, 'caddy')?.environment
  let result = ''
  let position = 0
  for (;;) {
    const start = text.indexOf('{$', position)
    const end = start < 0 ? -1 : text.indexOf('}', start)
    if (end < 0) return result + text.slice(position)
    const [name = '', ...rest] = text.slice(start + 2, end).split(':')
    const value = environment?.get(name)
    const isSet = value !== undefined && value !== null && value !== ''
    result += text.slice(position, start) + (isSet ? value : rest.join(':'))
    position = end + 1
  }
}

export const mountOfOurs = { item: `./${ownPaths.caddyfile}:${target}:ro`, target }
