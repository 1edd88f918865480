import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import recorded from '../../fixtures/env/compose-2.40.json' with { type: 'json' }
import {
  expectSameFile,
  expectSameRefusal,
  expectSameValues,
  inPairs,
  readOurs,
  sortRows,
} from './agreement.ts'
import { askCompose, installedCompose } from './compose.ts'
import { resolveEnvFile } from './resolved.ts'
import { acceptedFiles, anyRow, hardRows, rejectedFiles } from './rows.ts'

const compose = installedCompose()
const standIn =
  compose === undefined
    ? 'Compose is not installed: its recorded answers stand in'
    : `what Compose ${recorded.compose} answered is still what we read`

describe(standIn, () => {
  const read = (text: string) => resolveEnvFile(parseEnvFile(text, '.env'), recorded.shell)

  it(`${recorded.rows.length} rows in one file`, () => {
    const values = Object.fromEntries(read(recorded.prelude + recorded.rows.join('')))
    expect(values).toEqual(recorded.environment)
  })

  it.each(recorded.files)('the file $text', ({ text, environment }) => {
    expect([...read(text)].sort()).toEqual(environment)
  })

  it.each(recorded.rejected)('refused: $text', ({ text, message }) => {
    expectSameRefusal(text, { accepted: false, environment: '', message })
  })
})

describe.skipIf(compose === undefined)(`against the installed Compose ${compose ?? ''}`, () => {
  // The seed is fixed so that a failure can be seen again; agreement.fuzz.ts takes others.
  const { accepted, refused } = sortRows([
    ...hardRows,
    ...fc.sample(anyRow, { numRuns: 8000, seed: 2026 }),
  ])

  it('agrees on more than 5,000 generated values', { timeout: 60_000 }, async () => {
    expect(accepted.length).toBeGreaterThan(5000)
    for (let start = 0; start < accepted.length; start += 2000) {
      await expectSameValues(accepted.slice(start, start + 2000))
    }
  })

  it('agrees on whole files', { timeout: 60_000 }, async () => {
    await inPairs(acceptedFiles, expectSameFile)
  })

  it('refuses what Compose refuses, for the same reason', { timeout: 60_000 }, async () => {
    const chosen = refused.filter((_, index) => index % Math.ceil(refused.length / 15) === 0)
    await inPairs([...rejectedFiles, ...chosen], async (text) => {
      expect(readOurs(text)).toBeInstanceOf(Failure)
      expectSameRefusal(text, await askCompose(text, recorded.shell))
    })
  })
})
