import fc from 'fast-check'
import { expect, test } from 'vitest'
import { casesOf } from '../../full.ts'
import { composeVersion } from './compose-command.ts'
import { compareAll, randomService } from './random-services.ts'

const skipped = composeVersion === undefined ? ' (skipped: Docker Compose is not installed)' : ''

test.skipIf(skipped !== '')(
  `${casesOf(60) * 50} random overrides merge as in Compose${skipped}`,
  () => {
    const seed = Number(process.env.FUZZ_SEED ?? 2026)
    for (let batch = 0; batch < casesOf(60); batch += 1) {
      const services = fc.sample(randomService, { numRuns: 50, seed: seed + batch })
      expect(compareAll(services).found, `seed ${seed + batch}`).toEqual([])
    }
  },
)
