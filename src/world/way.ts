import { lstatSync, readlinkSync } from 'node:fs'
import { resolve } from 'node:path'
import { closeFolder, entryOf, type Folder, openFolder, statFolder, topFolder } from './folder.ts'

/** A folder or a link on the way to a folder. */
export interface Station {
  readonly path: string
  readonly kind: 'folder' | 'link'
  readonly uid: number
  readonly gid: number
  readonly mode: number
}

export interface Way {
  /** Held open: whoever asked closes it. */
  readonly folder: Folder
  /** From the top, the folder itself last. */
  readonly stations: readonly Station[]
}

/** As the kernel counts them (path_resolution(7)). */
const mostLinks = 40

/**
 * Goes to a folder step by step and notes who owns what on the way.
 * @throws the system's error where there is none
 */
export function wayTo(path: string): Way {
  const stations: Station[] = []
  let todo = partsOf(path)
  let links = 0
  const held: Folder[] = [topFolder()]
  const here = (): Folder => {
    const last = held.at(-1)
    if (last === undefined) throw new Error('The top folder was left')
    return last
  }
  stations.push(stationOf(here(), 'folder'))
  try {
    for (let name = todo.shift(); name !== undefined; name = todo.shift()) {
      if (name === '..') {
        const left = held.length > 1 ? held.pop() : undefined
        if (left !== undefined) closeFolder(left)
        continue
      }
      const entry = entryOf(here(), name)
      const found = lstatSync(entry)
      if (!found.isSymbolicLink()) {
        held.push(openFolder(here(), name))
        stations.push(stationOf(here(), 'folder'))
        continue
      }
      links += 1
      if (links > mostLinks) throw systemError('ELOOP', path)
      stations.push({ ...rightsIn(found), path: resolve(here().path, name), kind: 'link' })
      const target = readlinkSync(entry)
      todo = [...partsOf(target), ...todo]
      if (target.startsWith('/')) for (const left of held.splice(1)) closeFolder(left)
    }
  } catch (error) {
    for (const folder of held) closeFolder(folder)
    throw error
  }
  const folder = here()
  for (const left of held.slice(0, -1)) closeFolder(left)
  return { folder, stations }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '' && part !== '.')
}

function stationOf(folder: Folder, kind: Station['kind']): Station {
  return { ...rightsIn(statFolder(folder)), path: folder.path, kind }
}

function rightsIn({ uid, gid, mode }: { uid: number; gid: number; mode: number }) {
  return { uid, gid, mode: mode & 0o7777 }
}

function systemError(code: string, path: string): Error {
  return Object.assign(new Error(`${code}: ${path}`), { code, syscall: 'open', path })
}
