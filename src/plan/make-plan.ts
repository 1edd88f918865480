import type { Control, HardenCase } from '../controls/control.ts'
import { effectivePath, sourceOf } from '../controls/edge/reading.ts'
import { type Edit, type FileEdit, type LineEdit, setVariableTo } from '../controls/edit.ts'
import { baseModel, stackService } from '../controls/reading.ts'
import type { LeftOut } from '../edge/model.ts'
import { Failure } from '../failure.ts'
import { assembleInstall } from '../install/assemble.ts'
import type { EnvFile } from '../install/env-file/env-file.ts'
import { parseEnvFile } from '../install/env-file/parse.ts'
import { lastingValues, type Shell } from '../install/env-file/resolve.ts'
import { type Install, type InstallFile, ownPaths } from '../install/install.ts'
import { claimDrift } from './claim-drift.ts'
import { draftCaddyfile } from './draft-caddyfile.ts'
import { draftOverride, overrideWithoutUs } from './draft-override.ts'
import { draftEnv } from './env/draft-env.ts'
import { claimReplacedEnv } from './env/replaced-env.ts'
import { foldEdits } from './fold.ts'
import {
  type Drift,
  hashOf,
  renderRecord,
  type WrittenPlace,
  type WrittenRecord,
} from './record.ts'
import { verifyPlan } from './verify.ts'

/** A file as it is and as it is to be. */
export interface PlannedFile {
  readonly path: string
  readonly before: InstallFile | undefined
  /** undefined: the file is removed. */
  readonly after: string | undefined
  readonly mode: number
}

export interface Plan {
  /** Files that change, the admin's first, the state folder's last. */
  readonly files: readonly PlannedFile[]
  readonly drift: readonly Drift[]
  /** What of the admin's Caddyfile has no room, and why. */
  readonly leftOut: readonly LeftOut[]
  /** The install as it will be. */
  readonly after: Install
}

export interface PlanInput {
  readonly case: HardenCase
  readonly controls: readonly Control[]
  readonly record: WrittenRecord
  readonly shell: Shell
  /** What `.env` is made from where there is none: the release's example, or our own template. */
  readonly envTemplate: string
  /** What really lies on disk; the install also has the stock files that are to be added. */
  readonly onDisk: ReadonlyMap<string, InstallFile>
  /** Files that are written as they are: missing stock files, answers, fingerprints. */
  readonly extra: ReadonlyMap<string, string>
  /** The Compose files in order, once everything is written. */
  readonly sourcePathsAfter: readonly string[]
  /** What was changed since we wrote it gets what is wanted: only where the admin asked for that. */
  readonly overwriteDrift?: boolean
}

/**
 * Turns what the controls want into files: pure, and the same for the same input, whatever the order
 * of the controls.
 * @throws Failure where the admin's files cannot take an edit; Error where the result would not show one
 */
export function makePlan(given: PlanInput): Plan {
  const { install } = given.case
  const env = install.env ?? parseEnvFile(given.envTemplate, install.envPath)
  const record = claimReplacedEnv(given.record, env)
  const input: DraftInput = {
    ...given,
    env,
    case: install.env === undefined ? withEnv(given.case, env, given.shell) : given.case,
    record: given.overwriteDrift === true ? claimDrift(record, install) : record,
  }
  const edits = input.controls.flatMap((control) => control.harden?.(input.case) ?? [])
  const plan = draft(input, edits)
  const unset = plan.after.compose?.unsetVariables ?? []
  return unset.length === 0 ? plan : draft(input, [...edits, ...definitions(input, unset)])
}

/**
 * The plan with files of the state folder that keep what it writes: no control and no other file asks for them.
 * @param texts by path
 */
export function withStateFiles(
  plan: Plan,
  onDisk: PlanInput['onDisk'],
  texts: ReadonlyMap<string, string>,
): Plan {
  const files = new Map(plan.after.files)
  for (const [path, text] of texts) files.set(path, { path, text, hash: '', mode: stateMode })
  const more = [...texts].flatMap(([path, text]) =>
    changed(onDisk.get(path), path, text, stateMode),
  )
  return {
    ...plan,
    files: inOrder([...plan.files, ...more]),
    after: { ...plan.after, files },
  }
}

interface DraftInput extends PlanInput {
  /** What is edited: the admin's, or what there will be in its place. */
  readonly env: EnvFile
}

/** Controls see what `.env` is made from: what they would want of it next time, they want now. */
function withEnv(c: HardenCase, env: EnvFile, shell: Shell): HardenCase {
  return { ...c, install: { ...c.install, env, values: lastingValues(env, shell) } }
}

/** Variables that the Compose files use and nothing sets: Compose warns, and takes them for blank. */
function definitions(input: DraftInput, unset: readonly string[]): readonly Edit[] {
  const example = lastingValues(parseEnvFile(input.envTemplate, '.env.example'), input.shell)
  return unset.map((name) =>
    setVariableTo(name, example.get(name) ?? '', { keep: true, ...family(input, name) }),
  )
}

/** Behind the first variable of the same family, such as SAML_ or SENTRY_; Tracecat's own are too many for one. */
function family({ env }: DraftInput, name: string): { after?: string } {
  const prefix = /^[A-Z]+_(?!_)/.exec(name)?.[0]
  const first = env.assignments.find((one) => prefix !== undefined && one.name.startsWith(prefix))
  return first === undefined ? {} : { after: first.name }
}

function draft(input: DraftInput, edits: readonly Edit[]): Plan {
  const { install } = input.case
  const folded = foldEdits(edits)
  const env = draftEnv(input.env, folded.env, input.record, input.shell)
  const overrideText = textOf(install, install.overridePath) ?? ''
  const override = draftOverride(overrideText, install.overridePath, folded.override, input.record)
  const caddy = draftCaddyfile({
    parts: folded.edge,
    stock: () => stockCaddyfile(input.case, input.extra),
    current: textOf(install, ownPaths.caddyfile),
    last: textOf(install, ownPaths.lastCaddyfile),
    record: input.record,
    serviceOf: (host) => stackService(input.case, host),
    overwrite: input.overwriteDrift ?? false,
  })
  const files = draftFiles(install, folded.files, input.record)
  const lines = draftLines(install, folded.lines, input.record)
  const places = new Map<string, WrittenPlace>([
    ...env.places,
    ...override.places,
    ...(caddy.place === undefined ? [] : [[`file:${ownPaths.caddyfile}`, caddy.place] as const]),
    ...files.places,
    ...lines.places,
  ])
  const texts = new Map<string, string | undefined>([
    ...input.extra,
    [install.envPath, env.env.text],
    ...(override.text === '' && overrideText === ''
      ? []
      : [[install.overridePath, override.text] as const]),
    [ownPaths.caddyfile, caddy.text],
    ...files.texts,
    ...lines.texts,
    [ownPaths.written, renderRecord(places)],
    [ownPaths.lastEnv, env.env.text],
    ...(caddy.drift.length === 0 ? [[ownPaths.lastCaddyfile, caddy.text] as const] : []),
  ])
  const after = installAfter(input, texts, places)
  const drift = [...env.drift, ...override.drift, ...caddy.drift, ...files.drift]
  verifyPlan(folded, after, drift)
  return { files: planned(input, texts), drift, leftOut: caddy.leftOut, after }
}

/**
 * The Caddyfile that Caddy reads without us.
 * @throws Failure('badInput') where it cannot be read: ours would hide what is in it
 */
function stockCaddyfile(
  c: HardenCase,
  extra: ReadonlyMap<string, string>,
): { path: string; text: string } | undefined {
  const path = carriedPath(c)
  const text = extra.get(path) ?? textOf(c.install, path)
  if (text !== undefined && path !== ownPaths.caddyfile) return { path, text }
  if (path === ownPaths.caddyfile || path === ownPaths.stockCaddyfile) return undefined
  throw hiddenCaddyfile(c, `Caddy reads ${path}, which is not there or cannot be read`, ['volumes'])
}

function carriedPath(c: HardenCase): string {
  const source = sourceOf(c, baseModel(c))
  if (source?.kind === 'hidden') throw hiddenCaddyfile(c, source.why, source.at)
  return effectivePath(c, baseModel(c)) ?? ownPaths.stockCaddyfile
}

function hiddenCaddyfile(c: HardenCase, why: string, at: readonly string[]): Failure {
  const where =
    c.install.base?.locate(['services', 'caddy', ...at]) ??
    c.install.base?.locate(['services', 'caddy'])
  return new Failure('badInput', `${why}: what it says would be lost behind our Caddyfile`, {
    where,
    remedy:
      'Mount it as a file of this host that can be read, such as ./Caddyfile:/etc/caddy/Caddyfile, and run again.',
  })
}

interface FilesDraft {
  readonly texts: ReadonlyMap<string, string | undefined>
  readonly places: ReadonlyMap<string, WrittenPlace>
  readonly drift: readonly Drift[]
}

function draftFiles(
  install: Install,
  edits: readonly FileEdit[],
  record: WrittenRecord,
): FilesDraft {
  const texts = new Map<string, string | undefined>()
  const places = new Map<string, WrittenPlace>()
  const drift: Drift[] = []
  const wanted = new Map(edits.map((edit) => [edit.path, edit.text]))
  for (const [path, text] of wanted) {
    const place = `file:${path}`
    const written = record.get(place)
    const now = textOf(install, path)
    if (
      now !== undefined &&
      now !== text &&
      written !== undefined &&
      hashOf(now) !== written.hash
    ) {
      drift.push({ file: path, what: 'the whole file' })
      places.set(place, written)
      continue
    }
    texts.set(path, text)
    places.set(place, { hash: hashOf(text), before: written?.before ?? { kind: 'absent' } })
  }
  for (const [place, written] of record) {
    const path = place.startsWith('file:') ? place.slice('file:'.length) : undefined
    if (path === undefined || path === ownPaths.caddyfile || wanted.has(path)) continue
    const now = textOf(install, path)
    if (now === undefined) continue
    if (hashOf(now) === written.hash) texts.set(path, undefined)
    else drift.push({ file: path, what: 'the whole file' })
  }
  return { texts, places, drift }
}

function draftLines(
  install: Install,
  edits: readonly LineEdit[],
  record: WrittenRecord,
): FilesDraft {
  const texts = new Map<string, string>()
  const places = new Map<string, WrittenPlace>()
  for (const { path, line } of edits) {
    const place = `line:${path}:${line}`
    const text = texts.get(path) ?? textOf(install, path) ?? ''
    const newline = text.includes('\r\n') ? '\r\n' : '\n'
    if (text.split(/\r?\n/).some((one) => one.trim() === line)) {
      const written = record.get(place)
      if (written !== undefined) places.set(place, written)
      continue
    }
    const separator = text === '' || text.endsWith('\n') ? '' : newline
    texts.set(path, `${text}${separator}${line}${newline}`)
    places.set(place, { hash: hashOf(line), before: { kind: 'absent' } })
  }
  return { texts, places, drift: [] }
}

function installAfter(
  input: PlanInput,
  texts: ReadonlyMap<string, string | undefined>,
  places: WrittenRecord,
): Install {
  const { install } = input.case
  const files = new Map(install.files)
  for (const [path, text] of texts) {
    if (text === undefined) files.delete(path)
    else files.set(path, { path, text, hash: '', mode: modeOf(input, path) })
  }
  return assembleInstall({
    directory: install.directory,
    files,
    envPath: install.envPath,
    sourcePaths: input.sourcePathsAfter,
    overridePath: install.overridePath,
    shell: input.shell,
    overrideWithoutUs: overrideWithoutUs(
      files.get(install.overridePath)?.text ?? '',
      install.overridePath,
      places,
    ),
  })
}

/** Files that change in text or mode. */
function planned(
  input: PlanInput,
  texts: ReadonlyMap<string, string | undefined>,
): readonly PlannedFile[] {
  return inOrder(
    [...texts].flatMap(([path, after]) =>
      changed(input.onDisk.get(path), path, after, modeOf(input, path)),
    ),
  )
}

function changed(
  before: InstallFile | undefined,
  path: string,
  after: string | undefined,
  mode: number,
): readonly PlannedFile[] {
  const same =
    before === undefined
      ? after === undefined
      : before.text === after && (after === undefined || before.mode === mode)
  return same ? [] : [{ path, before, after, mode }]
}

/** The state folder's come last. */
function inOrder(files: readonly PlannedFile[]): readonly PlannedFile[] {
  return files.toSorted(
    (a, b) => Number(isState(a.path)) - Number(isState(b.path)) || (a.path < b.path ? -1 : 1),
  )
}

const stateMode = 0o600

function isState(path: string): boolean {
  return path.startsWith(`${ownPaths.state}/`)
}

/** Secrets are for the owner; of an existing `.env` the group keeps its right to read. */
function modeOf(input: PlanInput, path: string): number {
  const before = input.onDisk.get(path)?.mode
  if (isState(path)) return stateMode
  if (path === input.case.install.envPath) return 0o600 | ((before ?? 0) & 0o040)
  if (path === ownPaths.caddyfile && before === undefined)
    return 0o600 | (0o044 & carriedMode(input))
  return before ?? 0o644
}

/** What is carried over from a file is for nobody who may not read that one. */
function carriedMode({ case: c }: PlanInput): number {
  const path = effectivePath(c, baseModel(c)) ?? ownPaths.stockCaddyfile
  return c.install.files.get(path)?.mode ?? 0o644
}

function textOf(install: Install, path: string): string | undefined {
  return install.files.get(path)?.text
}
