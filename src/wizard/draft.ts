import type { SignIn } from '../answers/answers.ts'
import type { PartialAnswers } from '../answers/schema.ts'
import type { Release } from '../release/release.ts'
import type { Secret } from '../secrets/secret.ts'
import type { World } from '../world/world.ts'
import type { Prompter } from './prompter.ts'

/** What was answered so far. */
export interface Draft {
  readonly given: PartialAnswers
  /** Never goes into the answers' file. */
  readonly clientSecret: Secret | undefined
}

/** What the questions may look at. */
export interface WizardContext {
  readonly world: World
  readonly prompter: Prompter
  /** The install's folder, absolute. */
  readonly directory: string
  readonly offline: boolean
  readonly release: Release
  /** People may use this stack already: what ends for them counts. */
  readonly inUse: boolean
  /** Do passwords work there now? */
  readonly passwordsNow: boolean
  /** Is the secret of this OIDC client in `.env`, or one in our environment? */
  hasClientSecret(sso: SignIn): boolean
  /** The api's image, where Docker and the image are there, and a network of the stack. */
  readonly api: ApiImage | undefined
}

export interface ApiImage {
  readonly image: string
  readonly network: string | undefined
}

/** One thing that only a person knows. */
export interface Question {
  readonly id: string
  /** As the review names it. */
  readonly title: string
  /** `ask`: on the default path; `more`: only where somebody asks for more; `no`: it means nothing here. */
  when(draft: Draft, context: WizardContext): 'ask' | 'more' | 'no'
  /** The answer in words. */
  show(draft: Draft, context: WizardContext): string
  ask(draft: Draft, context: WizardContext): Promise<Draft>
  /** Questions that have to be asked again after a change of this one. */
  readonly dependents?: readonly string[]
}

/** The draft with these answers; undefined takes one away. */
export function withAnswers(draft: Draft, changes: Partial<PartialAnswers>): Draft {
  const given = Object.entries({ ...draft.given, ...changes }).filter(
    ([, value]) => value !== undefined,
  )
  return { ...draft, given: Object.fromEntries(given) }
}
