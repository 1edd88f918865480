import { systemFailure } from '../../apply/trouble.ts'
import { Failure, faultOf } from '../../failure.ts'
import {
  type AuditedInstall,
  type FailedInstall,
  failedInstall,
} from '../../report/audit/report.ts'
import { describeFailure } from '../../report/failure-text.ts'
import { oneLine } from '../../report/one-line.ts'
import { Masker } from '../../secrets/masker.ts'
import type { World } from '../../world/world.ts'
import { type AuditSurroundings, auditInstall } from './install.ts'

/** What came of one install: plain data without secrets, which a thread can hand over. */
export type Outcome =
  | { readonly audited: AuditedInstall }
  /** `said`: what the screen shows of it, masked. */
  | { readonly failed: FailedInstall; readonly exitCode: number; readonly said: string }

/** What auditing needs to know beside the world; `columns` are the screen's. */
export interface AuditContext extends AuditSurroundings {
  readonly columns: number
}

/** Audits one install; what keeps it from being read is an outcome, too. */
export async function auditOne(
  world: World,
  directory: string,
  context: AuditContext,
): Promise<Outcome> {
  // Its own for each install: a thousand of them have more secrets than one can look for.
  const masker = new Masker()
  try {
    return { audited: await auditInstall(world, masker, directory, context) }
  } catch (error) {
    // What the system refuses, such as to list a folder, is the install's trouble, not the program's.
    // So is a fault of ours that its files have brought out: the others are audited all the same.
    const failure =
      error instanceof Failure ? error : (systemFailure(error, 'badInput') ?? faultOf(error))
    const lines = describeFailure(failure, context.columns, masker)
    return {
      failed: failedInstall(directory, failure, masker),
      exitCode: failure.exitCode,
      said: [oneLine(masker.mask(`${directory}:`).reveal()), ...lines].join('\n'),
    }
  }
}
