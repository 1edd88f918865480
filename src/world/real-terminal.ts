import type { Readable } from 'node:stream'
import type { WriteStream } from 'node:tty'
import { exitCodes, Failure } from '../failure.ts'
import type { Masked } from '../secrets/masked.ts'
import { load } from './loading.ts'
import { readingKeys } from './reading-keys.ts'
import type { Terminal } from './terminal.ts'

/** Answers are a page of YAML; more is a mistake. */
const inputLimit = 1024 * 1024

type Output = NodeJS.WritableStream & Partial<Pick<WriteStream, 'isTTY' | 'columns' | 'rows'>>

export interface TerminalStreams {
  /** Opened when somebody asks for it: for Node that takes longer than the two others. */
  readonly input: Readable & { readonly isTTY?: boolean }
  readonly output: Output
  readonly errors: Output
}

const ownStreams: TerminalStreams = {
  get input() {
    return process.stdin
  },
  get output() {
    return process.stdout
  },
  get errors() {
    return process.stderr
  },
}

/**
 * The screen on these streams. Color where the output is a terminal, unless `NO_COLOR` is set to
 * anything (no-color.org), the terminal is dumb, or the admin said `--no-color` (`noColor`).
 */
export function realTerminal(
  env: Readonly<Record<string, string | undefined>>,
  noColor: boolean,
  streams: TerminalStreams = ownStreams,
): Terminal {
  const { output, errors } = streams
  const isTerminal = output.isTTY === true
  if (!watched.has(output)) {
    watched.add(output)
    output.once('error', (error) => sayLost(error, errors))
    for (const stream of [output, errors]) stream.on('error', goOn)
  }
  return {
    out: (text) => write(output, text),
    err: (text) => write(errors, text),
    readInput: () => readAll(streams.input),
    async page(text) {
      const lines = text.reveal().split('\n').length
      if (!isTerminal || lines < (output.rows ?? 24)) return 'fits'
      if (env.TERM === 'dumb' || env.PAGER === '') return 'none'
      const { showInPager } = await load(() => import('./pager.ts'))
      return (await showInPager(text.reveal(), env.PAGER)) ? 'paged' : 'none'
    },
    reading: (prompt) => readingKeys(streams.input, prompt),
    color: isTerminal && !noColor && !env.NO_COLOR && env.TERM !== 'dumb',
    get columns() {
      return isTerminal ? (output.columns ?? 80) : 80
    },
    get rows() {
      return output.rows ?? 24
    },
    get interactive() {
      return isTerminal && streams.input.isTTY === true
    },
  }
}

function write(stream: Output, text: Masked): void {
  stream.write(`${text.reveal()}\n`)
}

/** Streams whose errors are taken care of: one process may make several terminals. */
const watched = new WeakSet<Output>()

/** `| head` closes the pipe when it has seen enough: that is not an error. A full disk is, and is said once. */
function sayLost(error: NodeJS.ErrnoException, errors: Output): void {
  if (error.code === 'EPIPE') return
  errors.write(
    `Standard output cannot be written (${error.code}): what was printed is incomplete.\n`,
  )
  process.exitCode = exitCodes.surroundings
}

/** Nobody may read on, but a change that is under way comes to its end. */
function goOn(): void {}

async function readAll(input: Readable): Promise<string> {
  const parts: Buffer[] = []
  let size = 0
  for await (const part of input) {
    const bytes = Buffer.from(part)
    size += bytes.length
    if (size > inputLimit) throw new Failure('badInput', 'Standard input is larger than 1 MiB')
    parts.push(bytes)
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(parts))
  } catch {
    throw new Failure('badInput', 'Standard input is not UTF-8 text')
  }
}
