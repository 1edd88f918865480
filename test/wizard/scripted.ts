import { canceled, type Prompter } from '../../src/wizard/prompter.ts'

/** What is typed or chosen at one prompt; `cancel` is Ctrl-C. `undefined` takes the default. */
export type Reply = string | boolean | undefined | { readonly cancel: true }

export interface Scripted extends Prompter {
  /** Everything that was shown: lines, prompts with the answer, and what validation said. */
  readonly shown: string[]
  /** Messages of the prompts, in order. */
  readonly asked: string[]
}

/**
 * Answers prompts from a list of message and reply. A prompt that is not the next one fails the test; a
 * reply that validation refuses is shown, and the next one must be for the same prompt.
 */
export function scripted(replies: readonly (readonly [string, Reply])[]): Scripted {
  const left = [...replies]
  const shown: string[] = []
  const asked: string[] = []
  const next = (message: string): Reply => {
    asked.push(message)
    const [expected, reply] = left.shift() ?? ['nothing more', undefined]
    if (!message.includes(expected)) throw new Error(`Asked "${message}", expected "${expected}"`)
    if (typeof reply === 'object') throw canceled()
    return reply
  }
  const typed = (
    message: string,
    preset: string | undefined,
    validate: (text: string) => string | undefined,
  ) => {
    while (true) {
      const reply = next(message)
      const text = reply === undefined ? (preset ?? '') : String(reply)
      const problem = validate(text)
      shown.push(`? ${message} ${text}`)
      if (problem === undefined) return text
      shown.push(`> ${problem}`)
    }
  }
  return {
    shown,
    asked,
    async text({ message, default: preset, validate }) {
      return typed(message, preset, validate)
    },
    async secret({ message, validate }) {
      return typed(message, undefined, validate)
    },
    async choose({ message, choices, default: preset }) {
      const reply = next(message)
      const chosen =
        reply === undefined
          ? (choices.find(({ value }) => value === preset) ?? choices[0])
          : choices.find(({ value }) => value === reply)
      if (chosen === undefined)
        throw new Error(
          `${message} has no ${String(reply)}, but ${choices.map(({ value }) => value).join(', ')}`,
        )
      shown.push(`? ${message} ${chosen.name}`)
      return chosen.value
    },
    async chooseSome({ message, choices }) {
      const wanted = String(next(message) ?? '').split(' ')
      const chosen = choices.filter(({ value }) => wanted.includes(value))
      shown.push(`? ${message} ${chosen.map(({ name }) => name).join(', ')}`)
      return chosen.map(({ value }) => value)
    },
    async yesNo({ message, default: preset }) {
      const reply = next(message)
      const yes = reply === undefined ? preset : reply === true
      shown.push(`? ${message} ${yes ? 'yes' : 'no'}`)
      return yes
    },
    say: (...lines) => void shown.push(...lines),
    wait: async (what, work) => {
      shown.push(`${what} ...`)
      return await work()
    },
  }
}
