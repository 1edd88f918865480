import { checkbox, confirm, input, password, select } from '@inquirer/prompts'
import { wrap } from '../report/wrap.ts'
import type { Masker } from '../secrets/masker.ts'
import type { World } from '../world/world.ts'
import { choiceTip, plainChecklist, plainStyle } from './plain-style.ts'
import { type Choice, canceled, type Prompter, type Validate } from './prompter.ts'

/** How often a wait looks whether Ctrl-C was pressed, in milliseconds. */
const lookEvery = 50

/** Where the keys come from and the prompts are drawn; without it, standard input and output. */
export type Streams = NonNullable<Parameters<typeof input>[1]>

/** Asks on the terminal. Everything that is shown passes the masker. */
export function inquirerPrompter(world: World, masker: Masker, streams: Streams = {}): Prompter {
  const { terminal } = world
  const watch = interruptWatch(world)
  const shown = (text: string) => masker.mask(text).reveal()
  const theme = terminal.color ? {} : plainStyle
  // Inquirer breaks lines inside words; two columns are for its mark.
  const checkOf = (validate: Validate) => (text: string) => {
    const problem = validate(text.trim())
    return problem === undefined || wrap(shown(problem), terminal.columns - 2).join('\n')
  }
  const listOf = <T>({ message, choices }: { message: string; choices: readonly Choice<T>[] }) => ({
    message: shown(message),
    choices: choices.map(({ value, name, hint }) => ({
      value,
      name: shown(name),
      ...(hint === undefined ? {} : { description: shown(hint) }),
    })),
    pageSize: 20,
    loop: false,
  })
  return {
    async text({ message, default: preset, validate }) {
      const check = checkOf(validate)
      const config = {
        message: shown(message),
        validate: check,
        theme,
        // What is not shown as it is, nobody can agree to.
        ...(preset === undefined || shown(preset) !== preset ? {} : { default: preset }),
      }
      return (await watch.during(() => input(config, streams))).trim()
    },
    async choose({ default: preset, ...asked }) {
      const config = {
        ...listOf(asked),
        // Numbers: a choice can be typed, and a screen reader tells where it is.
        theme: {
          ...(terminal.color ? { style: { keysHelpTip: choiceTip } } : plainStyle),
          indexMode: 'number' as const,
        },
        ...(preset === undefined ? {} : { default: preset }),
      }
      return await watch.during(() => select(config, streams))
    },
    async chooseSome(asked) {
      const config = { ...listOf(asked), theme: terminal.color ? {} : plainChecklist }
      return await watch.during(() => checkbox(config, streams))
    },
    async yesNo({ message, default: preset }) {
      return await watch.during(() =>
        confirm({ message: shown(message), default: preset, theme }, streams),
      )
    },
    async secret({ message, validate }) {
      const check = checkOf(validate)
      const config = {
        message: shown(message),
        mask: '*',
        toggleMask: false,
        validate: check,
        theme,
      }
      const typed = (await watch.during(() => password(config, streams))).trim()
      masker.learn(typed)
      return typed
    },
    say(...lines) {
      terminal.out(masker.mask(''))
      // Before a line is broken: in two halves, no secret with a blank in it would be known again.
      for (const text of lines.flatMap((one) => shown(one).split('\n'))) {
        const indent = /^ */.exec(text)?.[0].length ?? 0
        // Files and other programs name themselves, and what is wrong, in whatever characters they like.
        for (const line of wrap(text, terminal.columns, indent)) terminal.out(masker.mask(line))
      }
    },
    async wait(what, work) {
      for (const line of wrap(`${what} ...`, terminal.columns)) terminal.out(masker.mask(line))
      return await watch.until(work)
    },
  }
}

/**
 * Between prompts Ctrl-C is a signal: held, so that it is said in one line, and told apart from the key
 * that a prompt reads.
 */
function interruptWatch({ interrupts, terminal }: World) {
  let held = interrupts.hold('note')
  const stopIfRequested = () => {
    if (held.requested()) throw canceled()
  }
  return {
    async during<T>(prompt: () => Promise<T>): Promise<T> {
      stopIfRequested()
      held.release()
      try {
        return await terminal.reading(prompt)
      } catch (error) {
        // Inquirer's word for Ctrl-C is an error of its own.
        if (error instanceof Error && error.name === 'ExitPromptError') throw canceled()
        throw error
      } finally {
        held = interrupts.hold('note')
      }
    },
    async until<T>(work: () => Promise<T>): Promise<T> {
      let timer: NodeJS.Timeout | undefined
      const interrupted = new Promise<never>((_, reject) => {
        timer = setInterval(() => {
          if (held.requested()) reject(canceled())
        }, lookEvery)
      })
      try {
        const result = await Promise.race([work(), interrupted])
        stopIfRequested()
        return result
      } finally {
        clearInterval(timer)
      }
    },
  }
}
