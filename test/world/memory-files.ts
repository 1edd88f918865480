import { basename, dirname } from 'node:path'
import type { FileState, Files, Owner } from '../../src/world/files.ts'

type Node = { readonly mode: number; readonly uid: number; readonly gid: number } & (
  | { readonly kind: 'directory' }
  | { readonly kind: 'file'; readonly bytes: Uint8Array }
)

/** How much of an interrupted operation the disk keeps: nothing, a torn part where there is one, or all. */
export const remains = ['nothing', 'torn', 'all'] as const
export type Remains = (typeof remains)[number]

/**
 * A disk in memory whose power can fail. What an operation of `Files` has synced when it returns, stays;
 * of the one that is interrupted, the disk keeps what `Remains` says: a created file without its bytes
 * or with half of them (its name and its data reach the disk apart), the outer part of a path of folders,
 * one side of a rename. After the failure nothing answers any more, as in a dead process.
 */
export class MemoryDisk {
  readonly #nodes = new Map<string, Node>()
  readonly #owner = { uid: 1000, gid: 1000 }
  #left = Number.POSITIVE_INFINITY
  #remains: Remains = 'nothing'
  #refusal: string | undefined
  /** Called when the power fails. */
  onFailure: () => void = () => undefined
  /** Operations that changed something, since the last `failAfter` or `refuseAfter`. */
  operations = 0

  constructor(root: string) {
    this.#nodes.set('/', { kind: 'directory', mode: 0o755, uid: 0, gid: 0 })
    this.#addFolders(root, 0o755)
  }

  /** The power fails during operation number `count` (from 0), and that much of it remains. */
  failAfter(count: number, kept: Remains): void {
    this.#left = count
    this.#remains = kept
    this.#refusal = undefined
    this.operations = 0
  }

  /** From operation number `count` on, whatever needs space is refused with this code. */
  refuseAfter(count: number, code: string): void {
    this.#left = count
    this.#refusal = code
    this.operations = 0
  }

  /** All is well again; what is on the disk stays. */
  repair(): void {
    this.#left = Number.POSITIVE_INFINITY
    this.#refusal = undefined
    this.operations = 0
  }

  /** Puts a file there, as if it had always been. */
  put(path: string, text: string, mode = 0o644): void {
    this.#addFolders(dirname(path), 0o755)
    const bytes = new TextEncoder().encode(text)
    this.#nodes.set(path, { kind: 'file', bytes, mode, ...this.#owner })
  }

  /** Every file below `root`, as "mode content". */
  contents(root: string): Readonly<Record<string, string>> {
    const found: Record<string, string> = {}
    for (const [path, node] of this.#nodes) {
      if (node.kind !== 'file' || !path.startsWith(`${root}/`)) continue
      const text = new TextDecoder().decode(node.bytes)
      found[path.slice(root.length + 1)] = `${node.mode.toString(8)} ${text}`
    }
    return found
  }

  folders(root: string): readonly string[] {
    return [...this.#nodes]
      .filter(([path, node]) => node.kind === 'directory' && path.startsWith(`${root}/`))
      .map(([path]) => path.slice(root.length + 1))
      .sort()
  }

  /** A copy with the same content, in good order. */
  clone(): MemoryDisk {
    const copy = new MemoryDisk('/')
    for (const [path, node] of this.#nodes) copy.#nodes.set(path, node)
    return copy
  }

  files(): Files {
    return {
      read: async (path, limit) => this.#read(path, limit),
      directory: async (path) => {
        const node = this.#nodes.get(path)
        if (node === undefined) return 'absent'
        return node.kind === 'directory' ? 'writable' : 'not-a-directory'
      },
      list: async (path) => this.#list(path),
      resolve: async (path) => path,
      makeDirectory: (path, mode, owner) =>
        this.#change(true, (part) => {
          if (part !== 'nothing')
            this.#addFolders(part === 'torn' ? dirname(path) : path, mode, owner)
        }),
      create: (path, bytes, mode, owner) =>
        this.#change(true, (part) => this.#create(path, bytes, mode, owner, part)),
      link: (from, to) =>
        this.#change(true, (part) => {
          const node = this.#find(from)
          if (this.#nodes.has(to)) throw systemError('EEXIST', to)
          if (part !== 'nothing') this.#nodes.set(to, node)
        }),
      rename: (from, to) =>
        this.#change(false, (part) => {
          if (part !== 'nothing') this.#rename(from, to)
        }),
      remove: (path) =>
        this.#change(false, (part) => {
          if (part !== 'nothing' && this.#nodes.get(path)?.kind === 'file') this.#nodes.delete(path)
        }),
      removeDirectory: (path) =>
        this.#change(false, (part) => {
          const isEmpty =
            this.#nodes.get(path)?.kind === 'directory' && this.#list(path).length === 0
          if (part !== 'nothing' && isEmpty) this.#nodes.delete(path)
        }),
    }
  }

  async #change(needsSpace: boolean, apply: (part: Remains) => void): Promise<void> {
    if (this.#left === 0 && this.#refusal === undefined) {
      this.#left = -1
      try {
        apply(this.#remains)
      } finally {
        this.onFailure()
      }
    }
    if (this.#left < 0) return new Promise(() => undefined)
    if (this.#left === 0 && this.#refusal !== undefined) {
      if (needsSpace) throw systemError(this.#refusal, 'disk')
      apply('all')
      return
    }
    this.#left -= 1
    this.operations += 1
    apply('all')
  }

  #create(
    path: string,
    bytes: Uint8Array,
    mode: number,
    owner: Owner = this.#owner,
    part: Remains = 'all',
  ): void {
    if (this.#nodes.has(path)) throw systemError('EEXIST', path)
    if (this.#nodes.get(dirname(path))?.kind !== 'directory') throw systemError('ENOENT', path)
    if (part === 'nothing') return
    const kept = part === 'torn' ? bytes.slice(0, bytes.length >> 1) : bytes.slice()
    this.#nodes.set(path, { kind: 'file', bytes: kept, mode, ...owner })
  }

  #rename(from: string, to: string): void {
    const node = this.#find(from)
    this.#nodes.delete(from)
    this.#nodes.set(to, node)
    for (const [path, inner] of [...this.#nodes]) {
      if (!path.startsWith(`${from}/`)) continue
      this.#nodes.delete(path)
      this.#nodes.set(to + path.slice(from.length), inner)
    }
  }

  #find(path: string): Node {
    const node = this.#nodes.get(path)
    if (node === undefined) throw systemError('ENOENT', path)
    return node
  }

  #addFolders(path: string, mode: number, owner: Owner = this.#owner): void {
    if (this.#nodes.has(path)) return
    this.#addFolders(dirname(path), mode, owner)
    this.#nodes.set(path, { kind: 'directory', mode, ...owner })
  }

  #list(path: string): readonly string[] {
    return [...this.#nodes.keys()]
      .filter((each) => each !== '/' && dirname(each) === path)
      .map((each) => basename(each))
      .sort()
  }

  #read(path: string, limit: number): FileState {
    const node = this.#nodes.get(path)
    if (node === undefined) return { kind: 'absent' }
    if (node.kind === 'directory') return { kind: 'not-a-file', what: 'a directory' }
    if (node.bytes.length > limit) return { kind: 'too-large', size: node.bytes.length, limit }
    return node
  }
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code })
}
