import { parseArgs } from 'node:util'
import { version } from '../version.ts'
import { Failure } from '../failure.ts'
import { help } from './help.ts'
import type { InitOptions } from './init-options.ts'

/** What the command line asks for: a text to print, or a command to run. */
export type Request =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'init'; readonly options: InitOptions; readonly noColour: boolean }

const everywhere = {
  dir: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  json: { type: 'boolean' },
  'no-color': { type: 'boolean' },
  verbose: { type: 'boolean' },
} as const

const ofInit = {
  answers: { type: 'string' },
  set: { type: 'string', multiple: true },
  yes: { type: 'boolean', short: 'y' },
  'dry-run': { type: 'boolean' },
  offline: { type: 'boolean' },
  fresh: { type: 'boolean' },
  'tracecat-version': { type: 'string' },
  from: { type: 'string' },
  upstream: { type: 'string' },
} as const

/**
 * Reads the command line.
 * @throws Failure('badInput') for an unknown command or option, with what there is
 */
export function readArguments(args: readonly string[]): Request {
  const { values, positionals } = parse(args)
  if (values.help === true) return { kind: 'text', text: help }
  if (values.version === true) return { kind: 'text', text: version }
  const [command = 'init', directory, ...more] = positionals
  if (command !== 'init') {
    throw new Failure('badInput', `There is no command '${command}'.`, { remedy: 'tracecat-harden --help lists them. A folder is named with init <dir> or --dir <dir>.' })
  }
  if (more.length > 0) throw new Failure('badInput', `init takes one folder, and got '${more.join(' ')}' besides.`)
  if (directory !== undefined && values.dir !== undefined) throw new Failure('badInput', 'The folder is named twice, by init <dir> and --dir.')
  return {
    kind: 'init',
    noColour: values['no-color'] === true,
    options: {
      directory: directory ?? values.dir ?? '.',
      answers: values.answers,
      set: values.set ?? [],
      yes: values.yes === true,
      dryRun: values['dry-run'] === true,
      offline: values.offline === true,
      fresh: values.fresh === true,
      tracecatVersion: values['tracecat-version'],
      from: values.from,
      upstream: values.upstream,
      json: values.json === true,
      verbose: values.verbose === true,
    },
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { ...everywhere, ...ofInit }, allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new Failure('badInput', `${message}.`, { remedy: 'tracecat-harden --help lists the options.' })
  }
}
