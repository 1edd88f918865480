import fc from 'fast-check'
import { test } from 'vitest'
import { casesOf } from '../../full.ts'
import { additions, document } from './documents.ts'
import { properties } from './properties.ts'

test.each(properties)('%s', (_, check) => {
  const count = fc.integer({ min: 0, max: 5 })
  fc.assert(fc.property(document, additions, count, check), { numRuns: casesOf(3_000) })
})
