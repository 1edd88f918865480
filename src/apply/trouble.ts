import { Failure } from '../failure.ts'
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
}

/** What the system says, in words; undefined where the error is not the system's but a fault of ours. */
export function reasonOf(error: unknown): string | undefined {
  const code = errorCode(error)
  if (code === undefined) return undefined
  if (error instanceof Error && 'syscall' in error && error.syscall === 'fchown') {
    return 'its owner cannot be kept (run as that owner, or with sudo)'
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

/** The same failure, saying that the install is as it was. */
export function nothingChanged(error: unknown): unknown {
  if (!(error instanceof Failure) || error.remedy !== undefined || error.kind === 'canceled') {
    return error
  }
  return new Failure(error.kind, `${asSentence(error.message)} Nothing was changed.`, {
    ...(error.where === undefined ? {} : { where: error.where }),
    remedy: 'Mend that and run again.',
  })
}
