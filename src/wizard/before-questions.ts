import type { DataFact } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { releaseOf } from '../release/release-of.ts'
import { newestFinal } from '../release/tags.ts'
import type { Prompter } from './prompter.ts'

/** Which release to lay down in a folder that has none. */
export async function askRelease(prompter: Prompter): Promise<string> {
  prompter.say(
    "There are no Tracecat files in this folder: the release's own are fetched and checked against known checksums.",
  )
  return await prompter.text({
    message: 'Tracecat release:',
    default: newestFinal,
    validate(text) {
      try {
        releaseOf(text)
        return undefined
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        return error.message
      }
    },
  })
}

/**
 * Was it ever started? Only a person's word, or proof, lets the passwords of databases be replaced:
 * so "yes" is the default.
 */
export async function askStarted(prompter: Prompter, data: DataFact): Promise<boolean> {
  prompter.say(
    'Was this stack ever started? Its databases keep the passwords of their first start: if it was, those stay as they are, and are reported.',
    data.state === 'none'
      ? `Nothing of it was seen here: ${sentence(data.why)}`
      : data.state === 'unknown'
        ? `It cannot be seen from here: ${sentence(data.why)}`
        : `This may be its data: ${data.evidence.slice(0, 3).join(', ')}.`,
  )
  return await prompter.yesNo({ message: 'Was it ever started?', default: true })
}

/** What Docker says ends with a mark of its own, or not. */
function sentence(text: string): string {
  return /[.?!]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`
}
