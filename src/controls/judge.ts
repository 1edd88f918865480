import type { Where } from '../failure.ts'
import type { Install } from '../install/install.ts'
import type {
  Case,
  Control,
  ControlMeta,
  Finding,
  Seen,
  Standing,
  Status,
  Verdict,
} from './control.ts'

/** A finding with the control that made it. */
export interface JudgedFinding extends Finding {
  readonly control: ControlMeta
  readonly status: Status
}

/** What all controls say of an install. */
export interface Judgement {
  readonly findings: readonly JudgedFinding[]
  /** What was seen, by the control that it passes. */
  readonly passed: ReadonlyMap<string, readonly Seen[]>
  readonly skipped: readonly { readonly control: string; readonly reason: string }[]
}

/** A risk that the admin accepts, and why. */
interface AcceptedRisk {
  readonly control: string
  readonly reason: string
}

/**
 * Lets every control inspect. A finding is accepted where the admin's answers say so with a reason, be
 * it one that would stay; else it stands as the control says.
 * What rests on a part of the Compose files that was not read is skipped, never passed.
 * @param accept from the answers; given apart where the answers are not complete
 */
export function judge(
  controls: readonly Control[],
  c: Case,
  accept: readonly AcceptedRisk[] = c.answers?.accept ?? [],
): Judgement {
  const findings: JudgedFinding[] = []
  const passed = new Map<string, readonly Seen[]>()
  const skipped: { control: string; reason: string }[] = []
  const reasons = new Map(accept.map(({ control, reason }) => [control, reason]))
  for (const control of controls) {
    const { meta } = control
    const { verdict, undecided } = inspect(control, c)
    if (undecided !== undefined) skipped.push({ control: meta.id, reason: undecided })
    if (verdict.kind === 'pass') passed.set(meta.id, verdict.seen)
    if (verdict.kind === 'skipped') skipped.push({ control: meta.id, reason: verdict.why })
    if (verdict.kind !== 'open') continue
    for (const finding of verdict.findings) {
      const standing = standingOf(finding, reasons.get(meta.id))
      findings.push({ ...finding, standing, control: meta, status: standing?.status ?? 'open' })
    }
  }
  return { findings, passed, skipped }
}

function standingOf({ standing }: Finding, reason: string | undefined): Standing | undefined {
  return reason === undefined || standing?.status === 'accepted'
    ? standing
    : { status: 'accepted', reason }
}

export function severityOf(finding: JudgedFinding): ControlMeta['severity'] {
  return finding.severity ?? finding.control.severity
}

interface Inspected {
  readonly verdict: Verdict
  /** Why a part of the control could not be decided. */
  readonly undecided?: string
}

/**
 * `include`, `extends` and env files that are not there leave holes in the model. A control that looked
 * at the model cannot pass then, nor say that it does not apply. What it found stands, since nothing
 * takes a setting of the file itself away again (Compose 2.40 refuses a service that an included file
 * has too), except in a service that takes its settings from elsewhere.
 */
function inspect(control: Control, c: Case): Inspected {
  const holes = c.install.compose?.unresolved ?? []
  if (holes.length === 0) return { verdict: control.inspect(c) }
  let looked = false
  const watched: Install = {
    ...c.install,
    get compose() {
      looked = true
      return c.install.compose
    },
    get base() {
      looked = true
      return c.install.base
    },
  }
  const verdict = control.inspect({ ...c, install: watched })
  if (!looked || verdict.kind === 'skipped') return { verdict }
  const undecided = `not read: ${holes.map(({ what, where }) => `${what} (${placeOf(where)})`).join('; ')}`
  const firm = verdict.kind === 'open' ? verdict.findings.filter((one) => !isHollow(one, c)) : []
  if (firm.length === 0) return { verdict: { kind: 'skipped', why: undecided } }
  return { verdict: { kind: 'open', findings: firm }, undecided }
}

/** Is the finding about a service that takes settings from a file that was not read? */
function isHollow({ service }: Finding, c: Case): boolean {
  if (service === undefined) return false
  return (c.install.compose?.unresolved ?? []).some(({ what }) => what.startsWith(`${service}: `))
}

function placeOf({ file, line }: Where): string {
  return line === undefined ? file : `${file}:${line}`
}
