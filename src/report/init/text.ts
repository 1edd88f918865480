import type { Applied } from '../../apply/engine.ts'
import type { Status } from '../../controls/control.ts'
import type { JudgedFinding } from '../../controls/judge.ts'
import { ownPaths } from '../../install/install.ts'
import { unifiedDiff } from '../../plan/diff.ts'
import type { PlannedFile } from '../../plan/make-plan.ts'
import { Masked } from '../../secrets/masked.ts'
import { findingLines } from '../findings.ts'
import { wrap } from '../wrap.ts'
import type { InitReport, Printer } from './report.ts'

/** The text of `init`: before anything is written, and after. */
export function initText(report: InitReport, printer: Printer) {
  return {
    /** What is wrong, what changes, what ends; with the whole diff in a dry run or where asked for. */
    plan(withDiff: boolean): readonly Masked[] {
      return [
        ...lines(printer, heading(report, printer)),
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
      const findings = (wanted: Status) =>
        report.after.findings.filter(({ status }) => status === wanted)
      const open = findings('open')
      const kept = (['stays', 'accepted'] as const).map(
        (status) => [status, findings(status)] as const,
      )
      return [
        ...section(
          printer,
          `Still open: ${open.length}`,
          findingLines(open, printer.columns - 2, true).map((line) => `  ${line}`),
        ),
        ...kept.flatMap(([status, some]) =>
          section(
            printer,
            `${titles[status]}: ${some.length}`,
            byReason(some).flatMap((text) => bullet(text, printer)),
          ),
        ),
        ...section(
          printer,
          `What to do next, in ${report.case.install.directory}`,
          next(report, printer),
        ),
        ...lines(printer, ['', ...wrap(ending(applied), printer.columns)]),
      ]
    },
  }
}

const titles = {
  stays: 'Stays, since no file here can mend it or only you can',
  accepted: 'Accepted by you',
}

function consequences(report: InitReport, printer: Printer, title: string): readonly Masked[] {
  return [
    ...section(printer, title, changes(report, printer)),
    ...section(printer, 'In the running stack', live(report, printer)),
    ...section(
      printer,
      'What ends for people who use it',
      report.ends.flatMap((text) => bullet(text, printer)),
    ),
    ...section(
      printer,
      'Yours, kept as you changed it',
      report.plan.drift.flatMap(({ file, what }) => wrap(`  ${file}: ${what}`, printer.columns, 4)),
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

function heading({ case: c }: InitReport, printer: Printer): readonly string[] {
  const { data, fresh } = c.facts
  const state = fresh
    ? 'never started'
    : data.state === 'exists'
      ? 'in use'
      : data.state === 'none'
        ? 'never started, as Docker says'
        : 'maybe in use'
  return wrap(`Tracecat ${c.release.tag} in ${c.install.directory} (${state})`, printer.columns)
}

function wrongNow(report: InitReport, printer: Printer): readonly string[] {
  const open = report.before.findings
  if (open.length === 0) return ['  nothing']
  return findingLines(open, printer.columns - 2).map((line) => `  ${line}`)
}

function changes({ plan }: InitReport, printer: Printer): readonly string[] {
  const shown = plan.files.filter(({ path }) => !path.startsWith(`${ownPaths.state}/`))
  if (shown.length === 0) {
    return plan.drift.length === 0
      ? ['  nothing: everything is as it should be']
      : wrap(
          '  nothing: what was changed since is kept. tracecat-harden in a terminal offers to put it back.',
          printer.columns,
          2,
        )
  }
  const width = Math.max(...shown.map(({ path }) => path.length))
  return shown.flatMap((file) => {
    const name = `  ${verb(file).padEnd(7)}  ${file.path.padEnd(width)}  `
    const indent = Math.min(name.length, 11)
    return wrap(`${name}${about(file)}`, printer.columns, indent).map((line) => line.trimEnd())
  })
}

function verb({ before, after }: PlannedFile): string {
  return after === undefined ? 'remove' : before === undefined ? 'create' : 'update'
}

function about({ path, mode }: PlannedFile): string {
  const secret =
    (mode & 0o007) !== 0
      ? ''
      : (mode & 0o070) === 0
        ? 'only its owner may read it'
        : 'only its owner and group may read it'
  const known: Readonly<Record<string, string>> = {
    'docker-compose.override.yml': 'safe to commit: no secret in it',
    [ownPaths.caddyfile]: 'TLS and the rules at the edge',
    [ownPaths.answers]: 'your answers, safe to commit',
    [ownPaths.trustBundle]: "your company's CA and the public ones, for containers",
    [ownPaths.seccomp]: 'system calls that the sandbox may use',
  }
  return known[path] ?? secret
}

function diff({ plan }: InitReport, printer: Printer): readonly Masked[] {
  const files = plan.files.filter(({ path }) => !path.startsWith(`${ownPaths.state}/`))
  return files.flatMap(({ path, before, after }) => [
    Masked.trusted(''),
    ...unifiedDiff(path, before?.text, after, { masker: printer.masker }).map((line) =>
      colored(line, printer),
    ),
  ])
}

function colored(line: Masked, printer: Printer): Masked {
  if (!printer.color) return line
  const text = line.reveal()
  const style = text.startsWith('+')
    ? 'green'
    : text.startsWith('-')
      ? 'red'
      : text.startsWith('@@')
        ? 'cyan'
        : undefined
  return style === undefined ? line : line.styled(style)
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

/** Each reason once, behind all that it is the reason for. */
function byReason(kept: readonly JudgedFinding[]): readonly string[] {
  const groups = new Map<string, string[]>()
  for (const finding of kept) {
    const { where, standing } = finding
    const end = standing?.status === 'stays' ? standing.endsWith : undefined
    const why = `${standing?.reason ?? ''}${end === undefined ? '' : `; ends with Tracecat ${end}`}`
    // Of a file as a whole, what was seen does not say which one it is.
    const place = where !== undefined && where.line === undefined ? `${where.file}: ` : ''
    groups.set(why, [...(groups.get(why) ?? []), `${place}${finding.evidence}`])
  }
  return [...groups].map(([why, seen]) => `${seen.join('; ')} (${why})`)
}

function bullet(text: string, printer: Printer): readonly string[] {
  return wrap(`  - ${text}`, printer.columns, 4)
}

function section(printer: Printer, title: string, body: readonly string[]): readonly Masked[] {
  if (body.length === 0) return []
  const head = printer.masker.mask(title)
  return [
    ...lines(printer, ['']),
    printer.color ? head.styled('bold') : head,
    ...lines(printer, body),
  ]
}

function lines(printer: Printer, texts: readonly string[]): readonly Masked[] {
  return texts.map((text) => printer.masker.mask(text))
}
