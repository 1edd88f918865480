import type { Answers } from '../answers/answers.ts'
import type { Where } from '../failure.ts'
import type { Install } from '../install/install.ts'
import type { Release } from '../release/release.ts'
import type { Sealed } from '../secrets/sealed.ts'
import type { Edit } from './edit.ts'
import type { Facts } from './facts.ts'
import type { ChosenSecrets } from './secrets.ts'

export const severities = ['low', 'medium', 'high', 'critical'] as const
export type Severity = (typeof severities)[number]

export type Area = 'credentials' | 'isolation' | 'sign-in' | 'edge' | 'data' | 'host'

/** What a rule is about; documentation and `explain` are made from it. */
export interface ControlMeta {
  /** Kebab-case, never changed once released. */
  readonly id: string
  readonly title: string
  readonly severity: Severity
  readonly area: Area
  /** Why it matters. */
  readonly why: string
  /** Who can do what where it is not so. */
  readonly risk: string
  /** How `init` or the admin mends it. */
  readonly fix: string
  /** Tracecat's documentation, or where the fact can be checked. */
  readonly reference: string
}

/** What a control looks at. The answers are unknown on an install that we never hardened. */
export interface Case {
  readonly install: Install
  readonly release: Release
  readonly facts: Facts
  readonly answers: Answers | undefined
}

/** What a control may use when it hardens. */
export interface HardenCase extends Case {
  readonly answers: Answers
  readonly secrets: ChosenSecrets
  /** What stood in `.env` before us, by name, where our value still stands: the admin's own choice. */
  readonly overwritten?: ReadonlyMap<string, string>
  /** Public and company certificates in one PEM text, where the answers name a caBundle. */
  readonly trustBundle: string | undefined
}

/** What was seen, or should be: text of files gets out through a Masker only. */
export type SeenValue = Sealed | number | boolean

/** What a control looked at, be it right or wrong. */
export interface Seen {
  /** A variable, a path of the Compose model, a request: it stands once in a verdict that passes. */
  readonly subject: string
  readonly where: Where | undefined
  readonly service?: string | undefined
  readonly value: SeenValue
  readonly expected: SeenValue
}

/** What was seen and is wrong. */
export interface Finding extends Seen {
  /** What was seen, with secrets left out. */
  readonly evidence: string
  /** What to do. */
  readonly remedy: string
  /** Left out where it is open. */
  readonly standing?: Standing | undefined
  /** Where it differs from the control's own. */
  readonly severity?: Severity | undefined
}

/** What was looked at: right, or wrong. */
export type Look = Seen | Finding

/**
 * Why a finding is not to be mended here. `stays`: nobody accepted it, but no file of this install can
 * mend it on this release, or only the admin can; `endsWith` is the release that ends it. `accepted`:
 * the answers say so, by `accept:` or by a choice.
 */
export type Standing =
  | { readonly status: 'stays'; readonly reason: string; readonly endsWith?: string | undefined }
  | { readonly status: 'accepted'; readonly reason: string }

export const statuses = ['open', 'stays', 'accepted'] as const
export type Status = (typeof statuses)[number]

export type Verdict =
  | { readonly kind: 'pass'; readonly seen: readonly [Seen, ...Seen[]] }
  | { readonly kind: 'not-applicable'; readonly why: string }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'open'; readonly findings: readonly Finding[] }

/** One hardening rule: `init` writes what it says, `audit` checks what it says. */
export interface Control {
  readonly meta: ControlMeta
  inspect(c: Case): Verdict
  harden?(c: HardenCase): readonly Edit[]
}

export function stays(reason: string, endsWith?: string): Standing {
  return { status: 'stays', reason, endsWith }
}

/** @param choice the answer that accepts it, as it stands in the answers file */
export function acceptedBy(choice: string): Standing {
  return { status: 'accepted', reason: `${choice} in tracecat-harden.yaml` }
}

export function notApplicable(why: string): Verdict {
  return { kind: 'not-applicable', why }
}

export function skipped(why: string): Verdict {
  return { kind: 'skipped', why }
}

/**
 * Open where something that was looked at is wrong, else passed.
 * @param nothing why it does not apply where there was nothing to look at
 */
export function verdictOf(
  looks: readonly Look[],
  nothing = 'this install has nothing of the kind',
): Verdict {
  const findings = looks.filter((one) => 'evidence' in one)
  if (findings.length > 0) return { kind: 'open', findings }
  const [first, ...rest] = looks
  return first === undefined ? notApplicable(nothing) : { kind: 'pass', seen: [first, ...rest] }
}
