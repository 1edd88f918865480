import { expect } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import { askCompose, type ComposeAnswer, environmentLines } from './compose.ts'
import { resolveEnvFile } from './resolved.ts'
import { named, prelude, shell } from './rows.ts'

/** Our values of a `.env` text, or the Failure that refuses it. */
export function readOurs(text: string): ReadonlyMap<string, string> | Failure {
  try {
    return resolveEnvFile(parseEnvFile(text, '.env'), shell)
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/** Rows with names of their own, split by whether we accept each below the prelude. */
export function sortRows(rows: readonly string[]): { accepted: string[]; refused: string[] } {
  const texts = rows.map((row, index) => `${named(row, index)}\n`)
  const accepted = texts.filter((text) => !(readOurs(prelude + text) instanceof Failure))
  const known = new Set(accepted)
  return { accepted, refused: texts.filter((text) => !known.has(text)) }
}

/** Compares every row in one file with Compose; where they differ, finds the first row that does. */
export async function expectSameValues(rows: readonly string[]): Promise<void> {
  if (await agree(prelude + rows.join(''))) return
  for (const row of rows) await expectSameFile(prelude + row)
  await expectSameFile(prelude + rows.join(''))
}

export async function expectSameFile(text: string): Promise<void> {
  const ours = readOurs(text)
  const theirs = await askCompose(text, shell)
  const environment = ours instanceof Failure ? ours.message : ourLines(ours)
  const answer = theirs.accepted ? theirs.environment : theirs.message
  expect({ text, environment }).toEqual({ text, environment: answer })
}

async function agree(text: string): Promise<boolean> {
  const ours = readOurs(text)
  const theirs = await askCompose(text, shell)
  return !(ours instanceof Failure) && theirs.accepted && ourLines(ours) === theirs.environment
}

function ourLines(values: ReadonlyMap<string, string>): string {
  return environmentLines(new Map([...Object.entries(shell), ...values]))
}

/** Our message for each of Compose's reasons. */
const reasons: readonly (readonly [RegExp, RegExp])[] = [
  [/unexpected character/, /a variable name cannot hold "/],
  [/key cannot contain a space/, /a variable name cannot hold a space/],
  [/zero length string/, /no name stands behind export/],
  [/unterminated quoted value/, /never closes/],
  [/required variable/, /is required but has no value/],
  [/Invalid template/, /no variable that Compose can read/],
]

/** Both refuse the text, and for the same reason. */
export function expectSameRefusal(text: string, theirs: ComposeAnswer): void {
  const ours = readOurs(text)
  expect({ text, accepted: theirs.accepted }).toEqual({ text, accepted: false })
  const reason = reasons.find(([compose]) => compose.test(theirs.message))
  expect(ours, text).toBeInstanceOf(Failure)
  expect({ text, message: ours instanceof Failure ? ours.message : '' }).toEqual({
    text,
    message: expect.stringMatching(reason?.[1] ?? /no known reason/),
  })
}

/** Runs a task for each item, two at a time: Compose takes a tenth of a second and one core. */
export async function inPairs<T>(items: readonly T[], task: (item: T) => Promise<void>) {
  const queue = [...items]
  const worker = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) await task(item)
  }
  await Promise.all([worker(), worker()])
}
