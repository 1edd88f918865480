import { Failure, type FailureKind } from '../failure.ts'
import { errorCode } from '../world/system-error.ts'

const reasons: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
  EROFS: 'the file system is read-only',
  EACCES: 'permission denied',
  EPERM: 'the system does not permit it',
  EBUSY: 'it is in use as a mount point',
  EXDEV: 'it is a mount point',
  EIO: 'the disk reports an error',
  ELOOP: 'a loop of symbolic links',
  EISDIR: 'it is a folder',
  ENOTDIR: 'a part of it is not a folder',
  ENAMETOOLONG: 'the name is too long',
  EMFILE: 'too many files are open',
  ENFILE: 'too many files are open',
}

/** What the system says, in words; undefined where the error is not the system's but a fault of ours. */
export function reasonOf(error: unknown): string | undefined {
  const code = errorCode(error)
  if (code === undefined) return undefined
  if (error instanceof Error && 'syscall' in error && error.syscall === 'fchown') {
    return 'its owner or group cannot be kept (run as that owner, a member of that group, or with sudo)'
  }
  return reasons[code] ?? code
}

/** Runs `action`; what the system refuses becomes a Failure that names `what`, and anything else stays as it is. */
export async function orFailure<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    throw failureFrom(what, error)
  }
}

/** The Failure for a refusal of the system while doing `what`; any other error as it is. */
export function failureFrom(what: string, error: unknown): unknown {
  const reason = reasonOf(error)
  return reason === undefined ? error : new Failure('surroundings', `Could not ${what}: ${reason}`)
}

/** What a failure says, with one period at its end: more can follow. */
export function asSentence(message: string): string {
  return `${message.replace(/\.$/, '')}.`
}

/** What to do about a file that this user may not read. */
export const runAsOwner = 'Run as the owner of the install, or with sudo.'

/** What a call of the system does to a path; others use it. */
const verbs: Readonly<Record<string, string>> = {
  scandir: 'list',
  open: 'open',
  read: 'read',
  write: 'write',
  mkdir: 'make',
  rename: 'rename',
  unlink: 'remove',
  rmdir: 'remove',
}

/**
 * What the system refuses where nobody foresaw it: the admin's to mend, and no fault of ours.
 * @returns undefined for any other error
 */
export function systemFailure(error: unknown, kind: FailureKind): Failure | undefined {
  const reason = reasonOf(error)
  // Node's own complaints about how it is called have a code as well, but no call of the system.
  if (reason === undefined || !(error instanceof Error)) return undefined
  if (!('syscall' in error) || typeof error.syscall !== 'string') return undefined
  if (error.syscall === 'uv_cwd') {
    return new Failure(kind, 'The folder that you are in is gone.', {
      remedy: 'Change to another one, and run again.',
    })
  }
  const path = 'path' in error && typeof error.path === 'string' ? error.path : 'a file'
  const isDenied = ['EACCES', 'EPERM'].includes(errorCode(error) ?? '')
  return new Failure(kind, `Could not ${verbs[error.syscall] ?? 'use'} ${path}: ${reason}.`, {
    remedy: isDenied ? runAsOwner : 'Mend that and run again.',
  })
}

/** The same failure, saying that the install is as it was. */
export function nothingChanged(error: unknown): unknown {
  if (!(error instanceof Failure) || error.remedy !== undefined || error.kind === 'canceled') {
    return error
  }
  return error.but({
    message: `${asSentence(error.message)} Nothing was changed.`,
    remedy: 'Mend that and run again.',
  })
}
