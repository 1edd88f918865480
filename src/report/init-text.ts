import { styleText } from 'node:util'
import type { Applied } from '../apply/engine.ts'
import { ownPaths } from '../install/install.ts'
import { unifiedDiff } from '../plan/diff.ts'
import type { PlannedFile } from '../plan/make-plan.ts'
import { Masked } from '../secrets/masked.ts'
import { findingLines } from './findings.ts'
import type { InitReport, Printer } from './init-report.ts'
import { wrap } from './wrap.ts'

/** The text of `init`: before anything is written, and after. */
export function initText(report: InitReport, printer: Printer) {
  return {
    /** What is wrong, what changes, what ends; with the whole diff in a dry run or where asked for. */
    plan(withDiff: boolean): readonly Masked[] {
      return [
        ...lines(printer, heading(report)),
        ...section(printer, 'What is wrong now', wrongNow(report, printer)),
        ...(withDiff || printer.verbose ? diff(report, printer) : []),
        ...consequences(report, printer, withDiff ? 'Would be written' : 'What changes'),
      ]
    },
    /** What a yes would do, without what is wrong now: for after a pager. */
    summary(): readonly Masked[] {
      return consequences(report, printer, 'What changes')
    },
    done(applied: Applied): readonly Masked[] {
      const open = report.after.findings.filter(({ status }) => status === 'open')
      const accepted = report.after.findings.filter(({ status }) => status === 'accepted')
      return [
        ...section(
          printer,
          'Still open',
          findingLines(open, printer.columns - 2, true).map((line) => `  ${line}`),
        ),
        ...section(
          printer,
          'Accepted risks',
          accepted.flatMap(({ evidence, accepted: why = '' }) =>
            bullet(`${evidence} (${why})`, printer),
          ),
        ),
        ...section(printer, 'What to do next', next(report, printer)),
        ...lines(printer, ['', ending(applied)]),
      ]
    },
  }
}

function consequences(report: InitReport, printer: Printer, title: string): readonly Masked[] {
  return [
    ...section(printer, title, changes(report)),
    ...section(printer, 'In the running stack', live(report, printer)),
    ...section(
      printer,
      'What ends for people who use it',
      report.ends.flatMap((text) => bullet(text, printer)),
    ),
    ...section(
      printer,
      'Yours, kept as you changed it',
      report.plan.drift.map(({ file, what }) => `  ${file}: ${what}`),
    ),
    ...section(
      printer,
      'Please note',
      report.notices.flatMap((text) => bullet(text, printer)),
    ),
  ]
}

function live({ live: follows }: InitReport, printer: Printer): readonly string[] {
  if (!follows) return []
  return bullet(
    'Its servers get the new passwords, and every service that this changes is recreated, one after the other: work in progress is interrupted, data stays.',
    printer,
  )
}

function heading({ case: c }: InitReport): readonly string[] {
  const { data, fresh } = c.facts
  const state = fresh
    ? 'never started'
    : data.state === 'exists'
      ? 'in use'
      : data.state === 'none'
        ? 'never started, as Docker says'
        : 'maybe in use'
  return [`Tracecat ${c.release.tag} in ${c.install.directory} (${state})`]
}

function wrongNow(report: InitReport, printer: Printer): readonly string[] {
  const open = report.before.findings
  if (open.length === 0) return ['  nothing']
  return findingLines(open, printer.columns - 2).map((line) => `  ${line}`)
}

function changes({ plan }: InitReport): readonly string[] {
  const shown = plan.files.filter(({ path }) => !path.startsWith(`${ownPaths.state}/`))
  if (shown.length === 0) return ['  nothing: everything is as it should be']
  const width = Math.max(...shown.map(({ path }) => path.length))
  return shown.map((file) =>
    `  ${verb(file).padEnd(7)}  ${file.path.padEnd(width)}  ${about(file)}`.trimEnd(),
  )
}

function verb({ before, after }: PlannedFile): string {
  return after === undefined ? 'remove' : before === undefined ? 'create' : 'update'
}

function about({ path, mode }: PlannedFile): string {
  const secret = (mode & 0o077) === 0 ? 'only its owner may read it' : ''
  const known: Readonly<Record<string, string>> = {
    'docker-compose.override.yml': 'safe to commit: no secret in it',
    [ownPaths.caddyfile]: 'TLS and the rules at the edge',
    [ownPaths.answers]: 'your answers, safe to commit',
    [ownPaths.seccomp]: 'system calls that the sandbox may use',
  }
  return known[path] ?? secret
}

function diff({ plan }: InitReport, printer: Printer): readonly Masked[] {
  const files = plan.files.filter(({ path }) => !path.startsWith(`${ownPaths.state}/`))
  return files.flatMap(({ path, before, after }) => [
    Masked.trusted(''),
    ...unifiedDiff(path, before?.text, after, { masker: printer.masker }).map((line) =>
      coloured(line, printer),
    ),
  ])
}

function coloured(line: Masked, printer: Printer): Masked {
  if (!printer.colour) return line
  const text = line.reveal()
  const style = text.startsWith('+')
    ? 'green'
    : text.startsWith('-')
      ? 'red'
      : text.startsWith('@@')
        ? 'cyan'
        : undefined
  return style === undefined
    ? line
    : Masked.trusted(styleText(style, text, { validateStream: false }))
}

function next({ next: steps }: InitReport, printer: Printer): readonly string[] {
  return steps.flatMap(({ text, commands }, index) => [
    ...wrap(`  ${String(index + 1).padStart(2)}. ${text}`, printer.columns, 6),
    ...commands.map((command) => `        ${command}`),
  ])
}

function ending({ backup, changed }: Applied): string {
  const count = changed.filter(({ path }) => !path.startsWith(`${ownPaths.state}/`)).length
  if (changed.length === 0) return 'Nothing had to change.'
  const files = `${count} file${count === 1 ? '' : 's'} written.`
  return backup === null
    ? files
    : `${files} What was there before: ${ownPaths.state}/backups/${backup}`
}

function bullet(text: string, printer: Printer): readonly string[] {
  return wrap(`  - ${text}`, printer.columns, 4)
}

function section(printer: Printer, title: string, body: readonly string[]): readonly Masked[] {
  if (body.length === 0) return []
  const head = printer.colour ? styleText('bold', title, { validateStream: false }) : title
  return [...lines(printer, ['']), Masked.trusted(head), ...lines(printer, body)]
}

function lines(printer: Printer, texts: readonly string[]): readonly Masked[] {
  return texts.map((text) => printer.masker.mask(text))
}
