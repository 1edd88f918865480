import type { Masker } from '../../secrets/masker.ts'
import type { Prompter } from '../../wizard/prompter.ts'
import type { World } from '../../world/world.ts'
import type { InitOptions } from './options.ts'

/** What the whole run has in hand. */
export interface Run {
  readonly world: World
  readonly masker: Masker
  readonly options: InitOptions
  readonly prompter: Prompter
  readonly directory: string
}
