import { stateFolder } from '../../apply/state-folder.ts'
import { encryptionKey, keyringName } from '../../plan/choose-secrets.ts'
import { unifiedDiff } from '../../plan/diff.ts'
import type { RestorePlan } from '../../restore/plan-restore.ts'
import type { RestoreReport } from '../../restore/prepare.ts'
import { catalogue, type SecretId } from '../../secrets/catalogue.ts'
import type { Masked } from '../../secrets/masked.ts'
import type { Masker } from '../../secrets/masker.ts'
import { serverOf } from '../../servers/servers.ts'
import type { Weakness } from '../../stack/restored-secrets.ts'
import { wrap } from '../wrap.ts'
import { timeAgo } from './backup-table.ts'

const reaches: Readonly<Record<RestoreReport['reach'], string>> = {
  live: 'in use: what runs follows',
  down: 'nothing runs: files alone',
  new: 'never started: files alone',
  files: 'files alone',
}

/** What would be put back, before anything is. */
export function restoreText(report: RestoreReport, now: Date, columns: number): readonly string[] {
  const { plan, chosen, needed } = report
  const bullet = (text: string) => wrap(`  - ${text}`, columns, 4)
  const section = (title: string, lines: readonly string[]) =>
    lines.length === 0 ? [] : ['', title, ...lines]
  return [
    `Tracecat ${report.tag} in ${report.directory} (${reaches[report.reach]})`,
    ...wrap(
      `Back to how it was before ${chosen.command} ${timeAgo(chosen.created, now)} (${chosen.id})`,
      columns,
    ),
    ...section('Files', files(plan)),
    ...section(
      'Weaker than now',
      [...plan.weak].flatMap((one) => bullet(weakness(...one))),
    ),
    ...section('Other values again', others(plan).flatMap(bullet)),
    ...section('In the running stack', inStack(report).flatMap(bullet)),
    ...section('What ends for people who use it', ends(report).flatMap(bullet)),
    ...section('Please note', notices(report).flatMap(bullet)),
    ...(needed.length === 0 ? [] : ['', `These do not run, and have to: ${needed.join(', ')}`]),
  ]
}

/** The whole change, without any secret. */
export function restoreDiff({ changes }: RestorePlan, masker: Masker): readonly Masked[] {
  const text = (bytes: Uint8Array | undefined) =>
    bytes === undefined ? undefined : new TextDecoder().decode(bytes)
  return changes
    .filter(({ path }) => !isOurs(path))
    .flatMap(({ path, present, after }) => [
      masker.mask(''),
      ...unifiedDiff(path, text(present), text(after), { masker }),
    ])
}

/** What is left to do once the files are back. */
export function afterRestore({ reach, plan }: RestoreReport): readonly string[] {
  const changesStack = plan.changes.some(({ path }) => !isOurs(path))
  return [
    ...(reach === 'files' && changesStack
      ? ['docker compose up -d brings the files into the containers.']
      : []),
    ...(plan.weak.size > 0 ? ['tracecat-harden audit shows what is open now.'] : []),
  ]
}

/** What a change is called. */
export function kindOf({
  before,
  after,
}: Pick<RestorePlan['changes'][number], 'before' | 'after'>): 'create' | 'update' | 'remove' {
  if (after === undefined) return 'remove'
  return before === 'absent' ? 'create' : 'update'
}

function isOurs(path: string): boolean {
  return path.startsWith(`${stateFolder}/`)
}

function files({ changes }: RestorePlan): readonly string[] {
  const shown = changes.filter(({ path }) => !isOurs(path))
  if (shown.length === 0) return ['  none but our own records']
  return shown.map((change) => `  ${kindOf(change)}  ${change.path}`)
}

function weakness(id: SecretId, quality: Weakness): string {
  const { title, made } = catalogue[id]
  const server = serverOf(id)
  // A server that is started without one lets everybody in.
  if (quality === 'missing' && made === 'for its start' && server !== undefined)
    return `${server.title}: no password. Whoever reaches it reads and writes everything.`
  const what = {
    missing: 'not set',
    placeholder: 'a default that everybody knows',
    malformed: 'nothing that the stack can work with',
    weak: 'one that can be guessed',
  }[quality]
  return `${title}: ${what}.`
}

function others({ secrets, weak }: RestorePlan): readonly string[] {
  return secrets.filter((id) => !weak.has(id)).map((id) => `${catalogue[id].title} (${id})`)
}

function inStack({ reach, plan }: RestoreReport): readonly string[] {
  if (reach !== 'live') return []
  const servers = plan.secrets.some((id) => serverOf(id) !== undefined)
    ? 'Its servers get the passwords of that time, and every'
    : 'Every'
  return [
    `${servers} service that this changes is recreated, one after the other: work in progress is interrupted, data stays.`,
  ]
}

function ends({ plan, reach, ends: found }: RestoreReport): readonly string[] {
  if (reach === 'new') return []
  const outside = plan.secrets.filter((id) => catalogue[id].change === 'outside')
  return [...found, ...outside.map((id) => catalogue[id].breaks)]
}

function notices({ plan, hasGap, reach }: RestoreReport): readonly string[] {
  const { kept, stay, editedSince } = plan
  const added = kept.addedKeys.length === 0 ? '' : ` and gains ${kept.addedKeys.join(', ')}`
  return [
    ...(kept.otherEncryptionKey
      ? [
          `${encryptionKey} stays as it is: the backup has another one, and what is in the database can be read with one of them only.`,
        ]
      : []),
    ...(added === '' ? [] : [`${keyringName} keeps its keys${added}.`]),
    ...kept.otherKeys.map(
      (id) => `${keyringName} keeps its key ${id}: the backup has another one by that name.`,
    ),
    ...(kept.ofDatabases.length === 0
      ? []
      : [
          `${kept.ofDatabases.join(', ')}: as now, since the databases keep what they have. Without --files-only they change too.`,
        ]),
    ...(reach === 'files'
      ? ['Redis and MinIO take their passwords from the files when they are started.']
      : []),
    ...stay.map((path) => `${path} stays: it was changed after that run had made it.`),
    ...editedSince.map(
      (path) =>
        `${path} loses what was changed in it by other hands since; that is in the backup that is made now.`,
    ),
    ...(hasGap
      ? [
          'It is the oldest backup, and later ones may have been removed: what only their runs changed stays as it is.',
        ]
      : []),
  ]
}
