import type { PreparedInit } from '../../hardening/prepare.ts'
import type { Masker } from '../../secrets/masker.ts'
import type { NextStep } from './next-steps.ts'

/** Everything that `init` has to say. */
export interface InitReport extends PreparedInit {
  readonly next: readonly NextStep[]
}

export interface Printer {
  readonly masker: Masker
  readonly columns: number
  readonly color: boolean
  readonly verbose: boolean
}
