import fc from 'fast-check'
import { expect, test } from 'vitest'
import { composeVersion } from './compose-command.ts'
import { compareAll, randomService } from './random-services.ts'

const skipped = composeVersion === undefined ? ' (skipped: Docker Compose is not installed)' : ''

test.skipIf(skipped !== '')(
  `random overrides merge as in Compose${skipped}`,
  { timeout: 60_000 },
  () => {
    // one fixed batch here; many with changing seeds in the fuzz project
    const { found, accepted } = compareAll(fc.sample(randomService, { numRuns: 30, seed: 7 }))
    expect(found).toEqual([])
    expect(accepted).toBeGreaterThan(20)
  },
)
