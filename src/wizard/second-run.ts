import { ownPaths } from '../install/install.ts'
import type { Plan } from '../plan/make-plan.ts'
import type { Choice, Prompter } from './prompter.ts'

export type SecondRun = 'nothing' | 'change' | 'fix' | 'update' | 'rotate'

/** On an install that was hardened before: what differs now, and what to do about it. */
export async function askSecondRun(prompter: Prompter, plan: Plan): Promise<SecondRun> {
  const { drift } = plan
  const missing = plan.files.filter(({ path }) => !path.startsWith(`${ownPaths.state}/`))
  prompter.say('This install was hardened before.')
  if (drift.length > 0) {
    prompter.say(
      'Changed since then, and kept as it is:',
      ...drift.map(({ file, what }) => `  ${file}: ${what}`),
    )
  }
  if (missing.length > 0) {
    prompter.say('Not as it should be:', ...missing.map(({ path }) => `  ${path}`))
  }
  if (drift.length + missing.length === 0) prompter.say('Everything is as it was written.')
  return await prompter.choose<SecondRun>({
    message: 'What should happen?',
    choices: choices(drift.length > 0, missing.length > 0),
    default: 'nothing',
  })
}

function choices(drifted: boolean, missing: boolean): readonly Choice<SecondRun>[] {
  const all: readonly (Choice<SecondRun> | undefined)[] = [
    { value: 'nothing', name: 'nothing' },
    missing ? { value: 'update', name: 'write what is missing, keep what was changed' } : undefined,
    drifted
      ? {
          value: 'fix',
          name: 'put back what tracecat-harden wrote',
          hint: 'What was changed since is overwritten; a backup keeps it.',
        }
      : undefined,
    { value: 'change', name: 'change an answer' },
    { value: 'rotate', name: 'rotate secrets', hint: 'Which ones is asked next.' },
  ]
  return all.filter((choice) => choice !== undefined)
}
