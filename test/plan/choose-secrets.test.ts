import { expect, test } from 'vitest'
import type { Case } from '../../src/controls/control.ts'
import { Failure } from '../../src/failure.ts'
import { chooseSecrets } from '../../src/plan/choose-secrets.ts'
import { caseOf } from '../controls/case.ts'

const data = { state: 'exists', evidence: ['volume tracecat_core-db'], certain: true } as const

/** What is refused on an install whose variables stand in prod.env. */
function refusal(
  env: Readonly<Record<string, string | undefined>>,
  more: Partial<Parameters<typeof chooseSecrets>[0]> = {},
): Failure {
  const { install, release, answers, facts }: Case = caseOf({ env, answers: {} })
  if (answers === undefined) throw new Error('there are answers')
  try {
    chooseSecrets({
      values: install.values,
      envPath: 'prod.env',
      recovered: new Map(),
      facts: { ...facts, fresh: false, data },
      release,
      answers,
      clientSecret: undefined,
      remembered: new Set(),
      ...more,
    })
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing is refused')
}

test.each([
  [
    'a lost key',
    { TRACECAT__DB_ENCRYPTION_KEY: undefined },
    {},
    /missing, and this stack has data/,
  ],
  [
    'a key that was here before',
    { TRACECAT__DB_ENCRYPTION_KEY: undefined },
    { remembered: new Set(['TRACECAT__DB_ENCRYPTION_KEY']) },
    /was here before and is gone/,
  ],
  [
    'a password that Redis cannot read',
    { REDIS_PASSWORD: 'two words of it' },
    {},
    /blank or a quote/,
  ],
])('%s: the message names the file that Compose is told to read', (_, env, more, message) => {
  const { message: said, where, kind } = refusal(env, more)
  expect(said).toMatch(message)
  expect([kind, where]).toEqual(['badInput', { file: 'prod.env' }])
})
