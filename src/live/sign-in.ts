import { attemptLater } from '../failure.ts'
import type { ProcessResult } from '../world/process.ts'
import type { Stack } from './stack.ts'

/** The server could not be asked, and why; for people, and without a secret in it. */
export interface Unreachable {
  readonly unreachable: string
}

/** Whether a server takes a password: the server's own answer. */
export type SignIn = 'yes' | 'refused' | Unreachable

/** How long a program in a container may take: a paused container may not answer at all. */
export const programTimeoutMs = 15_000

const tries = 5
const betweenTriesMs = 1_000
/** Up to 300 characters and the end of a word: of a secret that is cut nobody knows that it is one. */
const shortened = /^.{0,300}(?=\s|$)/

/** What a program of the stack did; a silent container, or a Docker that does not answer, is unreachable. */
export async function outcome(
  running: Promise<ProcessResult>,
): Promise<ProcessResult | Unreachable> {
  const result = await attemptLater(
    () => running,
    ({ message }): Unreachable => ({ unreachable: message }),
  )
  return !isUnreachable(result) && result.timedOut ? { unreachable: 'no answer in time' } : result
}

/** The line in which a program that failed says why. */
export function reasonOf({ exitCode, stdout, stderr }: ProcessResult): string {
  const lines = `${stderr}\n${stdout}`.split('\n').map((line) => line.trim())
  const said = lines.filter((line) => line !== '' && !/^warning\b/i.test(line))
  return shortened.exec(said[0] ?? '')?.[0] || `exit code ${exitCode ?? 'unknown'}`
}

/** Asks again, for some seconds, while the reason is that the server is still on its way up. */
export async function untilUp<Answer extends string | object>(
  { pause }: Pick<Stack, 'pause'>,
  ask: () => Promise<Answer | Unreachable>,
  isStarting: RegExp,
): Promise<Answer | Unreachable> {
  for (let asked = 1; ; asked += 1) {
    const answer = await ask()
    if (!isUnreachable(answer) || asked === tries || !isStarting.test(answer.unreachable)) {
      return answer
    }
    await pause(betweenTriesMs)
  }
}

export function isUnreachable(answer: string | object): answer is Unreachable {
  return typeof answer === 'object' && 'unreachable' in answer
}
