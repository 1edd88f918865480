import type { Masker } from '../../secrets/masker.ts'
import type { Prompter } from '../../wizard/prompter.ts'
import type { World } from '../../world/world.ts'
import type { RotateOptions } from './options.ts'

/** What all parts of a run have in hand. */
export interface RotateRun {
  readonly world: World
  readonly masker: Masker
  readonly options: RotateOptions
  /** Absolute. */
  readonly directory: string
  /** Who can answer; undefined where nobody can. */
  readonly prompter: Prompter | undefined
  /** Text for people: beside the document where there is one. */
  readonly print: (text: string) => void
}
