import { describe, expect, test } from 'vitest'
import { reasonOf } from '../../src/live/sign-in.ts'

const failed = { exitCode: 2, stdout: '', stderr: '', timedOut: false } as const

describe('why a program failed', () => {
  test('is its first line that is no warning', () => {
    const stderr = '\nWarning: old\nFATAL:  role "x" does not exist\nmore\n'
    expect(reasonOf({ ...failed, stderr })).toBe('FATAL:  role "x" does not exist')
  })

  test('is shortened between words: half of a secret would pass the mask', () => {
    const secret = 'k3'.repeat(40)
    const reason = reasonOf({
      ...failed,
      stderr: `${'word '.repeat(56)}password ${secret} is wrong`,
    })
    expect(reason).toBe(`${'word '.repeat(56)}password`)
  })

  test.each(['', 'x'.repeat(400)])('is the exit code where nothing fits', (stderr) => {
    expect(reasonOf({ ...failed, stderr })).toBe('exit code 2')
  })
})
