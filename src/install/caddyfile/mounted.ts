import { posix } from 'node:path'
import type { Service } from '../compose/model.ts'
import { cleanPath } from '../compose/service/volumes.ts'

/** Where Caddy reads its configuration from. */
export type CaddySource =
  /** A file of the host, at this path inside the container. */
  | { readonly kind: 'file'; readonly path: string; readonly target: string }
  /** Something else, which cannot be read from here. */
  | { readonly kind: 'hidden'; readonly why: string; readonly at: readonly string[] }
  /** Nothing is mounted: what the official image brings. */
  | { readonly kind: 'image'; readonly target: string }

/** Caddy's image starts with it (caddy/Dockerfile: `caddy run --config /etc/caddy/Caddyfile --adapter caddyfile`). */
export const usualTarget = '/etc/caddy/Caddyfile'
const workingDirectory = '/srv'

/** Reads from a resolved Compose model which file is Caddy's: its command may name one, a mount or a config bring it. */
export function caddySource(caddy: Service): CaddySource {
  // A shell's command is one word with all of them in it.
  const all = [...(caddy.entrypoint ?? []), ...(caddy.command ?? [])].flatMap((word) =>
    word.split(/\s+/),
  )
  const start = all.findLastIndex((word) => /(?:^|\/)caddy$/.test(word))
  const words = start < 0 ? [] : all.slice(start)
  const named = namedConfig(words)
  const at = ['command']
  const other = otherProgram(words)
  if (other !== undefined) return { kind: 'hidden', why: other, at }
  if (named !== undefined && isOtherKind(words, named))
    return { kind: 'hidden', why: `caddy is started with ${named}, which is no Caddyfile`, at }
  const directory = typeof caddy.raw.working_dir === 'string' ? caddy.raw.working_dir : undefined
  const target = posix.resolve(directory ?? workingDirectory, named ?? usualTarget)
  const config = caddy.configs.find((one) => cleanPath(one.target) === target)
  if (config !== undefined)
    return {
      kind: 'hidden',
      why: `Caddy reads the Compose config ${config.source}`,
      at: ['configs'],
    }
  return mountedAt(caddy, target)
}

function mountedAt(caddy: Service, target: string): CaddySource {
  const covering = caddy.mounts
    .map((mount) => ({ ...mount, place: cleanPath(mount.target) }))
    .filter(({ place }) => target === place || target.startsWith(`${place}/`))
    .sort((one, other) => other.place.length - one.place.length)
  const [mount] = covering
  if (mount === undefined)
    return /^(?:docker\.io\/(?:library\/)?)?caddy(?:[:@]|$)/.test(caddy.image ?? '')
      ? { kind: 'image', target }
      : { kind: 'hidden', why: `Caddy reads the ${target} of its image`, at: ['image'] }
  if (mount.type !== 'bind' || mount.source === undefined)
    return {
      kind: 'hidden',
      why: `Caddy reads ${target} in the volume ${mount.source ?? 'at'} ${mount.place}`,
      at: ['volumes'],
    }
  return { kind: 'file', path: mount.source + target.slice(mount.place.length), target }
}

/** Why no file that is mounted counts: Caddy is started in a way that reads none. */
function otherProgram(words: readonly string[]): string | undefined {
  const [program = '', subcommand = 'run'] = words
  return program !== '' && !['run', 'start'].includes(subcommand)
    ? `caddy is started as "caddy ${subcommand}", which reads no Caddyfile`
    : undefined
}

function namedConfig(words: readonly string[]): string | undefined {
  const index = words.findIndex((word) => /^(?:--?config|-c)(?:=|$)/.test(word))
  return index < 0 ? undefined : (words[index]?.split('=')[1] ?? words[index + 1])
}

/** JSON, or what another adapter reads. */
function isOtherKind(words: readonly string[], named: string): boolean {
  const index = words.findIndex((word) => /^(?:--?adapter|-a)(?:=|$)/.test(word))
  const adapter = index < 0 ? undefined : (words[index]?.split('=')[1] ?? words[index + 1])
  // Without an adapter Caddy takes a file whose name begins or ends like that for a Caddyfile.
  const isCalledSo = /^Caddyfile|\.caddyfile$/i.test(posix.basename(named))
  return adapter === undefined ? !isCalledSo : adapter !== 'caddyfile'
}

/** A path of the host, relative to the install where it lies in it. */
export function inInstall(directory: string, path: string): string {
  return path.startsWith(`${directory}/`) ? path.slice(directory.length + 1) : path
}
