import type { Case, Control, ControlMeta, Finding } from './control.ts'

/** A finding with the control that made it. */
export interface JudgedFinding extends Finding {
  readonly control: ControlMeta
  readonly status: 'open' | 'accepted'
}

/** What all controls say of an install. */
export interface Judgement {
  readonly findings: readonly JudgedFinding[]
  readonly passed: readonly string[]
  readonly skipped: readonly { readonly control: string; readonly reason: string }[]
}

/**
 * Lets every control inspect. A finding is accepted where the admin's answers say so with a reason,
 * or where the control itself does: no file could mend it, or it was asked for.
 */
export function judge(controls: readonly Control[], c: Case): Judgement {
  const findings: JudgedFinding[] = []
  const passed: string[] = []
  const skipped: { control: string; reason: string }[] = []
  const reasons = new Map(c.answers?.accept.map(({ control, reason }) => [control, reason]))
  for (const control of controls) {
    const { meta } = control
    const verdict = control.inspect(c)
    if (verdict.kind === 'pass') passed.push(meta.id)
    if (verdict.kind === 'skipped') skipped.push({ control: meta.id, reason: verdict.why })
    if (verdict.kind !== 'open') continue
    for (const finding of verdict.findings) {
      const accepted = finding.accepted ?? reasons.get(meta.id)
      findings.push({
        ...finding,
        ...(accepted === undefined ? {} : { accepted }),
        control: meta,
        status: accepted === undefined ? 'open' : 'accepted',
      })
    }
  }
  return { findings, passed, skipped }
}

export function severityOf(finding: JudgedFinding): ControlMeta['severity'] {
  return finding.severity ?? finding.control.severity
}
