import type { Station } from './way.ts'

/** Who may change what root relies on, beside root itself. */
export interface Trust {
  readonly uids: ReadonlySet<number>
  /** Groups whose every member is one of them. */
  readonly gids: ReadonlySet<number>
}

/** Why a folder or a link cannot be relied on; undefined where it can. */
export type Distrust =
  | { readonly station: Station; readonly why: 'owner' }
  | { readonly station: Station; readonly why: 'group' | 'everybody' }

/**
 * The first folder or link on a way that somebody else could change.
 * @param stations from the top, the folder that counts last
 */
export function distrustOf(stations: readonly Station[], trust: Trust): Distrust | undefined {
  for (const [index, station] of stations.entries()) {
    const why = whyNot(station, trust, index === stations.length - 1)
    if (why !== undefined) return { station, why }
  }
  return undefined
}

/** @param isGoal what lies in a sticky folder above can be moved by its owner alone; in the goal, anybody could make it */
function whyNot(station: Station, trust: Trust, isGoal: boolean): Distrust['why'] | undefined {
  const { kind, uid, gid, mode } = station
  if (!trust.uids.has(uid)) return 'owner'
  // The rights of a link mean nothing (symlink(7)).
  if (kind === 'link' || (!isGoal && (mode & 0o1000) !== 0)) return undefined
  if ((mode & 0o002) !== 0) return 'everybody'
  if ((mode & 0o020) !== 0 && !trust.gids.has(gid)) return 'group'
  return undefined
}

/**
 * Groups that have no member but these users, as `/etc/group` and `/etc/passwd` tell: many systems give every
 * user a group of his own, and let it write what he makes. A group that is not in there may have anybody.
 */
export function groupsOf(uids: ReadonlySet<number>, group: string, passwd: string): Set<number> {
  const users = passwd.split('\n').map((line) => line.split(':'))
  const names = new Set(
    users.flatMap(([name = '', , uid]) => (uids.has(Number(uid)) ? [name] : [])),
  )
  const gids = new Set<number>()
  for (const [name, , id, members = ''] of group.split('\n').map((line) => line.split(':'))) {
    if (name === undefined || id === undefined || !/^\d+$/.test(id)) continue
    const named = members.split(',').filter((member) => member !== '')
    const primary = users.filter(([, , , gid]) => gid === id).map(([user = '']) => user)
    if ([...named, ...primary].every((user) => names.has(user))) gids.add(Number(id))
  }
  return gids
}
