import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { Failure } from '../../src/failure.ts'
import type { Masked } from '../../src/secrets/masked.ts'
import { Masker } from '../../src/secrets/masker.ts'
import type { Files, Owner } from '../../src/world/files.ts'
import type { GetResult, Network } from '../../src/world/network.ts'
import type {
  Interrupts,
  Processes,
  ProcessOptions,
  ProcessResult,
} from '../../src/world/process.ts'
import { realFiles } from '../../src/world/real-files.ts'
import { realProcesses } from '../../src/world/real-processes.ts'
import type { World } from '../../src/world/world.ts'

/** An empty folder, removed when the test is over; in memory where there is one: the tests sync much. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'harden-test-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** What a scripted program answers; parts left out are an empty output and exit code 0. */
export type Script = (
  program: string,
  args: readonly string[],
  options: ProcessOptions,
) => Partial<ProcessResult> | 'missing'

export interface FakeParts {
  readonly files?: Files
  /** What programs answer; without it none is installed. */
  readonly processes?: Script
  /** What addresses hold; all others are unreachable. */
  readonly downloads?: Readonly<Record<string, string | Uint8Array>>
  /** What a GET answers, by its URL; all others do not resolve. */
  readonly pages?: Readonly<Record<string, GetResult>>
  /** Names and their addresses. */
  readonly names?: Readonly<Record<string, readonly string[]>>
  readonly ownAddresses?: readonly string[]
  readonly input?: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly platform?: NodeJS.Platform
  readonly owner?: Owner
  readonly interactive?: boolean
  readonly interrupts?: Interrupts
  /** What its clock shows at first; pauses take no time, but move it on. */
  readonly now?: Date
  readonly publicAuthorities?: readonly string[]
}

export interface FakeWorld extends World {
  /** What was printed, without color, one entry a call. */
  readonly printed: { readonly out: string[]; readonly err: string[] }
  /** Every program that was started, with its arguments. */
  readonly started: (readonly string[])[]
}

/** A world with the real disk (use a temporary folder) where nothing else is real. */
export function fakeWorld(parts: FakeParts = {}): FakeWorld {
  const printed = { out: [] as string[], err: [] as string[] }
  const started: (readonly string[])[] = []
  const start = parts.now ?? new Date('2026-11-23T16:00:00Z')
  let paused = 0
  const world: FakeWorld = {
    printed,
    started,
    files: parts.files ?? realFiles(),
    processes: scripted(parts.processes ?? (() => 'missing'), started),
    network: recorded(parts),
    terminal: {
      out: (text: Masked) => void printed.out.push(text.reveal()),
      err: (text: Masked) => void printed.err.push(text.reveal()),
      readInput: async () => parts.input ?? '',
      page: async () => 'fits',
      reading: (prompt) => prompt(),
      rows: 24,
      color: false,
      columns: 80,
      interactive: parts.interactive ?? false,
    },
    interrupts: parts.interrupts ?? { hold: () => ({ requested: () => false, release() {} }) },
    env: parts.env ?? {},
    platform: parts.platform ?? 'linux',
    owner: parts.owner,
    processId: process.pid,
    publicAuthorities: () => parts.publicAuthorities ?? [],
    now: () => new Date(start.getTime() + paused),
    pause: async (milliseconds) => {
      paused += milliseconds
    },
    // Of this world or of another one that was made from it.
    inside(_directory, _purpose, _named, act) {
      return act(this)
    },
  }
  return world
}

function scripted(script: Script, started: (readonly string[])[]): Processes {
  return {
    async run(program, args, options) {
      started.push([program, ...args])
      const answer = script(program, args, options)
      if (answer === 'missing') return 'missing'
      return { exitCode: 0, timedOut: false, stdout: '', stderr: '', ...answer }
    },
    identity: realProcesses(new Masker()).identity,
  }
}

function recorded({
  downloads = {},
  pages = {},
  names = {},
  ownAddresses = [],
}: FakeParts): Network {
  return {
    async download(url) {
      const found = downloads[url]
      if (found === undefined) throw new Failure('surroundings', `Could not download ${url}`)
      return typeof found === 'string' ? new TextEncoder().encode(found) : found
    },
    get: async (url) => pages[url] ?? { kind: 'failed', reason: 'name', detail: 'not found' },
    lookup: async (name) => names[name] ?? [],
    connect: async () => 'no-answer',
    ownAddresses: () => ownAddresses,
  }
}
