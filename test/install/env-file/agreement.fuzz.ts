import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import { casesOf } from '../../full.ts'
import { expectSameFile, expectSameValues, inPairs, readOurs, sortRows } from './agreement.ts'
import { askCompose, installedCompose } from './compose.ts'
import { acceptedFiles, anyRow, hardRows, prelude, rejectedFiles, shell } from './rows.ts'

const compose = installedCompose()
const fixture = fileURLToPath(new URL('../../fixtures/env/compose-2.40.json', import.meta.url))

const values = casesOf(100_000)
const refusals = casesOf(300)

it.skipIf(compose === undefined)(
  `agrees on ${values} values and ${refusals} refusals`,
  async () => {
    const { accepted, refused } = sortRows(fc.sample(anyRow, { numRuns: values }))
    for (let start = 0; start < accepted.length; start += 2000) {
      await expectSameValues(accepted.slice(start, start + 2000))
    }
    await inPairs(refused.slice(0, refusals), async (text) => {
      // Of two faults in one row either may be named; agreement.test.ts compares the reasons.
      expect({ text, ours: readOurs(text) instanceof Failure }).toEqual({ text, ours: true })
      expect({ text, accepted: (await askCompose(text, shell)).accepted }).toEqual({
        text,
        accepted: false,
      })
    })
  },
)

// RECORD_ENV_FIXTURE=1 npm run test:fuzz -- agreement
const recording = compose !== undefined && process.env.RECORD_ENV_FIXTURE === '1'

it.runIf(recording)('records the rows that stand in where Compose is missing', async () => {
  const generated = fc.sample(anyRow, { numRuns: 400, seed: 40 })
  const { accepted, refused } = sortRows([...hardRows, ...generated])
  await expectSameValues(accepted)
  await inPairs(acceptedFiles, expectSameFile)
  const rejected: { text: string; message: string }[] = []
  for (const text of [...rejectedFiles, ...refused.map((row) => prelude + row)]) {
    const answer = await askCompose(text, shell)
    expect(answer.accepted, text).toBe(false)
    rejected.push({ text, message: answer.message })
  }
  const record = {
    compose,
    prelude,
    shell,
    rows: accepted,
    environment: Object.fromEntries(verified(prelude + accepted.join(''))),
    files: acceptedFiles.map((text) => ({ text, environment: [...verified(text)].sort() })),
    rejected,
  }
  writeFileSync(fixture, `${JSON.stringify(record, null, 1)}\n`)
})

/** Values that were just found equal to Compose's. */
function verified(text: string): ReadonlyMap<string, string> {
  const ours = readOurs(text)
  if (ours instanceof Failure) throw ours
  return ours
}
