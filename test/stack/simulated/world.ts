import { writeFileSync } from 'node:fs'
import { Masker } from '../../../src/secrets/masker.ts'
import type { Files } from '../../../src/world/files.ts'
import type { Processes, ProcessOptions } from '../../../src/world/process.ts'
import { realWorld } from '../../../src/world/real.ts'
import type { World } from '../../../src/world/world.ts'
import { changesHost, docker } from './docker.ts'
import type { Simulation } from './install.ts'
import { changeState, loadState, saveState } from './state.ts'

/** Something that changes the disk or the host. */
export interface Effect {
  /** `rename .env`, `docker up api mcp`: for people. */
  readonly name: string
  /** It can be cut off in the middle. */
  readonly divisible: boolean
  /** Does a share of it only: 0 is nothing. */
  readonly part: (share: number) => void
}

/** Called around every effect: may do it, a part of it, or something else before. */
export type Around = <T>(effect: Effect, act: () => Promise<T>) => Promise<T>

export interface SimulatedWorld extends World {
  /** All that was printed. */
  readonly printed: string[]
}

/** Made once: its terminal listens for errors of ours. */
const real = realWorld(new Masker())

/** The real disk and, instead of Docker, the host of a simulation. Time passes when somebody waits. */
export function simulatedWorld(
  { state: path }: Simulation,
  masker: Masker,
  around: Around = (_, act) => act(),
): SimulatedWorld {
  const printed: string[] = []
  return {
    ...real,
    printed,
    files: watchedFiles(real.files, around),
    processes: { ...simulatedProcesses(path, masker, around), identity: real.processes.identity },
    terminal: {
      ...real.terminal,
      out: (text) => void printed.push(text.reveal()),
      err: (text) => void printed.push(text.reveal()),
      color: false,
      interactive: false,
    },
    // Of the world that is asked, be it one that a test has made of this one.
    inside(_directory, _purpose, _named, act) {
      return act(this)
    },
    env: {},
    now: () => new Date(loadState(path).now),
    pause: async (milliseconds) => {
      changeState(path, (state) => {
        state.now += milliseconds
      })
    },
  }
}

function simulatedProcesses(path: string, masker: Masker, around: Around): Pick<Processes, 'run'> {
  const perform = (args: readonly string[], options: ProcessOptions, share: number) => {
    const state = loadState(path)
    const result = docker(state, args, options, share)
    saveState(path, state)
    return result
  }
  return {
    async run(program, args, options) {
      if (args.some((argument) => masker.holdsSecret(argument)))
        throw new Error(`An argument of ${program} holds a secret`)
      if (program !== 'docker') return 'missing'
      const act = async () => perform(args, options, 1)
      if (!changesHost(args, options)) return await act()
      const effect = {
        name: `docker ${args.slice(args.findIndex((word) => /^(up|restart|exec)$/.test(word))).join(' ')}`,
        divisible: args.includes('up'),
        part: (share: number) => void perform(args, options, share),
      }
      return await around(effect, act)
    },
  }
}

function watchedFiles(files: Files, around: Around): Files {
  const watched =
    <Args extends readonly unknown[]>(name: string, act: (...args: Args) => Promise<void>) =>
    async (...args: Args): Promise<void> => {
      const words = args.filter((word) => typeof word === 'string').join(' ')
      const effect = { name: `${name} ${words}`, divisible: false, part: () => undefined }
      await around(effect, () => act(...args))
    }
  return {
    ...files,
    makeDirectory: watched('makeDirectory', files.makeDirectory),
    link: watched('link', files.link),
    rename: watched('rename', files.rename),
    remove: watched('remove', files.remove),
    removeDirectory: watched('removeDirectory', files.removeDirectory),
    async create(path, bytes, mode, owner) {
      const part = (share: number) =>
        writeFileSync(path, bytes.slice(0, bytes.length * share), { flag: 'wx', mode })
      await around({ name: `create ${path}`, divisible: true, part }, () =>
        files.create(path, bytes, mode, owner),
      )
    },
  }
}
