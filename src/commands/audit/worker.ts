import { findControl } from '../../controls/find-control.ts'
import { Masker } from '../../secrets/masker.ts'
import { realWorld } from '../../world/real.ts'
import { answerRequests } from '../../world/real-threads.ts'
import { type AuditRequest, auditHere } from './many.ts'
import type { Outcome } from './one.ts'

// A thread of an audit of many installs: a program of its own in the bundle.
const world = realWorld(new Masker())

answerRequests<AuditRequest, readonly Outcome[]>(({ directories, controls, ...rest }) =>
  auditHere(world, directories, { controls: controls.map(findControl), ...rest }),
)
