import { expect } from 'vitest'
import { Failure } from '../../src/failure.ts'

/** The failure that an action must end with. */
export function failureOf(action: () => unknown): Failure {
  try {
    action()
  } catch (error) {
    expect(error).toBeInstanceOf(Failure)
    if (error instanceof Failure) return error
  }
  return expect.unreachable('it should have failed')
}
