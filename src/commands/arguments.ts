import { parseArgs } from 'node:util'
import { closest } from '../answers/closest.ts'
import { Failure } from '../failure.ts'
import { version } from '../version.ts'
import { type AuditOptions, auditFormats, failLevels, includable } from './audit/options.ts'
import { help } from './help.ts'
import type { InitOptions } from './init/options.ts'
import type { RestoreOptions } from './restore/options.ts'
import type { RotateOptions } from './rotate/options.ts'

/** What the command line asks for: a text to print, or a command to run. */
export type Request =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'init'; readonly options: InitOptions; readonly noColor: boolean }
  | { readonly kind: 'audit'; readonly options: AuditOptions; readonly noColor: boolean }
  | { readonly kind: 'rotate'; readonly options: RotateOptions; readonly noColor: boolean }
  | { readonly kind: 'restore'; readonly options: RestoreOptions; readonly noColor: boolean }
  | {
      readonly kind: 'explain'
      readonly control: string | undefined
      readonly json: boolean
      readonly noColor: boolean
    }

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

const ofRotate = {
  all: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  'dry-run': { type: 'boolean' },
  'accept-breakage': { type: 'boolean' },
} as const

const ofRestore = {
  yes: { type: 'boolean', short: 'y' },
  'dry-run': { type: 'boolean' },
  'files-only': { type: 'boolean' },
  prune: { type: 'boolean' },
} as const

const ofAudit = {
  format: { type: 'string' },
  'fail-on': { type: 'string' },
  include: { type: 'string', multiple: true },
  control: { type: 'string', multiple: true },
} as const

/** Every command with the options that it has besides those of all. */
const commands: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  init: ofInit,
  rotate: ofRotate,
  restore: ofRestore,
  audit: ofAudit,
  explain: {},
}

/**
 * Reads the command line.
 * @throws Failure('badInput') for an unknown command or option, with what there is
 */
export function readArguments(args: readonly string[]): Request {
  const { values, positionals } = parse(args)
  if (values.help === true) return { kind: 'text', text: help }
  if (values.version === true) return { kind: 'text', text: version }
  const [command = 'init', ...operands] = positionals
  const own = Object.hasOwn(commands, command) ? commands[command] : undefined
  if (own === undefined) throw noSuchCommand(command)
  for (const name of Object.keys(values)) {
    if (!Object.hasOwn(everywhere, name) && !Object.hasOwn(own, name)) throw foreign(name, command)
  }
  const noColor = values['no-color'] === true
  const json = values.json === true
  if (command === 'explain')
    return { kind: 'explain', control: only(operands, 'explain takes one control'), json, noColor }
  const verbose = values.verbose === true
  if (command === 'rotate') {
    return {
      kind: 'rotate',
      noColor,
      options: {
        directory: values.dir ?? '.',
        names: operands,
        all: values.all === true,
        yes: values.yes === true,
        dryRun: values['dry-run'] === true,
        acceptBreakage: values['accept-breakage'] === true,
        json,
        verbose,
      },
    }
  }
  if (command === 'restore') {
    return {
      kind: 'restore',
      noColor,
      options: {
        directory: values.dir ?? '.',
        backup: only(operands, 'restore takes one backup'),
        yes: values.yes === true,
        dryRun: values['dry-run'] === true,
        filesOnly: values['files-only'] === true,
        prune: values.prune === true,
        json,
        verbose,
      },
    }
  }
  if (operands.length > 0 && values.dir !== undefined) {
    throw new Failure('badInput', `The folder is named twice, by ${command} <dir> and --dir.`)
  }
  if (command === 'audit') {
    return {
      kind: 'audit',
      noColor,
      options: {
        directories: operands.length > 0 ? operands : [values.dir ?? '.'],
        format: json ? 'json' : oneOf(auditFormats, values.format ?? 'text', '--format'),
        failOn: oneOf(failLevels, values['fail-on'] ?? 'low', '--fail-on'),
        include: (values.include ?? []).map((one) => oneOf(includable, one, '--include')),
        controls: values.control ?? [],
        verbose,
      },
    }
  }
  return {
    kind: 'init',
    noColor,
    options: {
      directory: only(operands, 'init takes one folder') ?? values.dir ?? '.',
      answers: values.answers,
      set: values.set ?? [],
      yes: values.yes === true,
      dryRun: values['dry-run'] === true,
      offline: values.offline === true,
      fresh: values.fresh === true,
      tracecatVersion: values['tracecat-version'],
      from: values.from,
      upstream: values.upstream,
      json,
      verbose,
    },
  }
}

/** @param takes such as `restore takes one backup` */
function only([operand, ...more]: readonly string[], takes: string): string | undefined {
  if (more.length === 0) return operand
  throw new Failure('badInput', `${takes}, and got '${more.join(' ')}' besides.`)
}

/** @throws Failure('badInput') that lists what there is */
function oneOf<Choice extends string>(
  choices: readonly Choice[],
  value: string,
  option: string,
): Choice {
  const found = choices.find((choice) => choice === value)
  if (found !== undefined) return found
  throw new Failure('badInput', `${option} is one of ${choices.join(', ')}, not '${value}'.`)
}

/** What reports name and later versions bring. */
const toCome = ['verify', 'completion']

function noSuchCommand(command: string): Failure {
  if (toCome.includes(command)) {
    return new Failure('badInput', `${command} is not part of this version yet.`, {
      remedy: 'tracecat-harden --help lists what there is.',
    })
  }
  const meant = closest(command, Object.keys(commands))
  return new Failure('badInput', `There is no command '${command}'.`, {
    remedy: `${meant === undefined ? '' : `Did you mean ${meant}? `}tracecat-harden --help lists them. A folder is named with init <dir> or --dir <dir>.`,
  })
}

function foreign(option: string, command: string): Failure {
  const owners = Object.keys(commands).filter((name) => Object.hasOwn(commands[name] ?? {}, option))
  return new Failure(
    'badInput',
    `--${option} is an option of ${owners.join(', ')}, not of ${command}.`,
  )
}

function parse(args: readonly string[]) {
  const options = { ...everywhere, ...ofInit, ...ofRotate, ...ofRestore, ...ofAudit }
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true })
  } catch (error) {
    const message = error instanceof Error ? (error.message.split('. ')[0] ?? '') : String(error)
    throw new Failure('badInput', `${message}.`, {
      remedy: 'tracecat-harden --help lists the options.',
    })
  }
}
