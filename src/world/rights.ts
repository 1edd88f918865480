import { isMainThread } from 'node:worker_threads'
import type { Owner } from './files.ts'

/** As whom the system is asked: a user with all of his groups. */
export interface Rights extends Owner {
  readonly groups: readonly number[]
}

/** Node has it (process.initgroups), and its types have not. */
const withGroups: NodeJS.Process & { initgroups?(user: number, extraGroup: number): void } = process

/** The rights of a user. Only for root. */
export function rightsOf({ uid, gid }: Owner): Rights {
  const own = process.getgroups?.() ?? []
  try {
    withGroups.initgroups?.(uid, gid)
    return { uid, gid, groups: process.getgroups?.() ?? [gid] }
  } catch {
    // A number without an account has no groups but its own.
    return { uid, gid, groups: [gid] }
  } finally {
    process.setgroups?.([...own])
  }
}

/**
 * Does something with a user's rights, and takes our own back. Everything in `act` happens before anything
 * else can run; it must not wait for anything, since the rights are those of the whole process.
 * @param rights undefined: with our own
 */
export function withRights<T>(rights: Rights | undefined, act: () => T): T {
  if (rights === undefined || process.geteuid?.() === rights.uid) return act()
  const { setgroups, setegid, seteuid, geteuid, getegid, getgroups } = process
  if (
    !isMainThread ||
    setgroups === undefined ||
    setegid === undefined ||
    seteuid === undefined ||
    geteuid === undefined ||
    getegid === undefined ||
    getgroups === undefined
  ) {
    // The main thread takes over what a thread could not do.
    throw new Error('Rights can be given up by the main thread alone')
  }
  const own = { uid: geteuid(), gid: getegid(), groups: getgroups() }
  try {
    // The user last: without root's rights the others could not be changed.
    setgroups([...rights.groups])
    setegid(rights.gid)
    seteuid(rights.uid)
    return act()
  } finally {
    seteuid(own.uid)
    setegid(own.gid)
    setgroups(own.groups)
  }
}
