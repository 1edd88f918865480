import { readFileSync } from 'node:fs'
import type { Answers } from '../../src/answers/answers.ts'
import { completeAnswers } from '../../src/answers/complete.ts'
import { parseAnswers } from '../../src/answers/parse.ts'
import type { PartialAnswers } from '../../src/answers/schema.ts'
import type { Case, Control, Finding, HardenCase } from '../../src/controls/control.ts'
import type { Facts, HostFacts } from '../../src/controls/facts.ts'
import { known, unknown } from '../../src/controls/facts.ts'
import { controls } from '../../src/controls/registry.ts'
import { assembleInstall } from '../../src/install/assemble.ts'
import type { Install, InstallFile } from '../../src/install/install.ts'
import { chooseSecrets } from '../../src/plan/choose-secrets.ts'
import { makePlan } from '../../src/plan/make-plan.ts'
import { releaseOf } from '../../src/release/release-of.ts'
import { Secret } from '../../src/secrets/secret.ts'

const example = new URL('../../templates/example/', import.meta.url)
const read = (name: string) => readFileSync(new URL(name, example), 'utf8')

/** The practice install: every default that everybody knows, as it would lie on disk. */
const stock = {
  env: read('dot-env'),
  compose: read('docker-compose.yml'),
  caddyfile: read('Caddyfile'),
  answers: parseAnswers(read('answers.yaml'), 'answers.yaml').answers,
}

/** What differs from the practice install. */
export interface Parts {
  readonly release?: string
  /** Variables of `.env`; undefined takes one out. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Lines below all others of `.env`. */
  readonly envEnd?: string
  /** Replacements in the Compose file, each of which must hit. */
  readonly compose?: readonly (readonly [string, string])[]
  readonly override?: string
  readonly caddyfile?: string
  readonly files?: Readonly<Record<string, { readonly text: string; readonly mode: number }>>
  readonly envMode?: number
  /** What the admin decided, beside the example's answers; without it nobody was asked. */
  readonly answers?: PartialAnswers
  readonly facts?: Partial<Facts>
  readonly host?: Partial<HostFacts>
}

/** An install as the controls see it. */
export function caseOf(parts: Parts = {}): Case {
  const release = parts.release ?? '1.0.0-beta.51'
  return {
    install: once(installs, { ...parts, answers: null, facts: null, host: null }, () =>
      installOf(parts, release),
    ),
    release: releaseOf(release),
    facts: factsOf(parts),
    answers: parts.answers === undefined ? undefined : answersOf(parts, release),
  }
}

const installs = new Map<string, Install>()
const plans = new Map<string, Case>()

/** Parsing and planning take their time, and many rows share an install. */
function once<T>(kept: Map<string, T>, key: object, make: () => T): T {
  const text = JSON.stringify(key, (_, value) => (value === undefined ? null : value))
  const value = kept.get(text) ?? make()
  kept.set(text, value)
  return value
}

function installOf(parts: Parts, release: string): Install {
  const files = new Map<string, InstallFile>()
  const add = (path: string, text: string, mode = 0o644) =>
    void files.set(path, { path, text, hash: '', mode })
  add('.env', envText(parts, release), parts.envMode ?? 0o600)
  add('docker-compose.yml', composeText(parts))
  if (parts.override !== undefined) add('docker-compose.override.yml', parts.override)
  add('Caddyfile', parts.caddyfile ?? stock.caddyfile)
  for (const [path, { text, mode }] of Object.entries(parts.files ?? {})) add(path, text, mode)
  return assembleInstall({
    directory: '/srv/tracecat',
    files,
    envPath: '.env',
    sourcePaths: [
      'docker-compose.yml',
      ...(parts.override === undefined ? [] : ['docker-compose.override.yml']),
    ],
    overridePath: 'docker-compose.override.yml',
    ...(parts.override === undefined ? {} : { overrideWithoutUs: parts.override }),
    shell: {},
  })
}

/** The same install after `init`, with the example's answers where the parts have none. */
export function hardened(parts: Parts = {}): Case {
  const make = () => harden(caseOf({ ...parts, answers: parts.answers ?? {} }))
  return parts.facts === undefined ? once(plans, parts, make) : make()
}

/** What `init` makes of an install, by controls in this order. */
export function harden(c: Case, order: readonly Control[] = controls): Case {
  const hardenCase = hardenCaseOf(c)
  const plan = makePlan({
    case: hardenCase,
    controls: order,
    record: new Map(),
    shell: {},
    envTemplate: stock.env,
    onDisk: c.install.files,
    extra: new Map(),
    sourcePathsAfter: ['docker-compose.yml', 'docker-compose.override.yml'],
  })
  return { ...c, install: plan.after }
}

/** The same client secret every time; all others are as random as ever. */
export function hardenCaseOf(c: Case): HardenCase {
  const { answers } = c
  if (answers === undefined) throw new Error('there are answers')
  const secrets = chooseSecrets({
    install: c.install,
    recovered: new Map(),
    facts: c.facts,
    release: c.release,
    answers,
    clientSecret: new Secret('a-client-secret-of-the-provider-7c1f'),
    remembered: new Set(),
  })
  return { ...c, answers, secrets, trustBundle: 'certificates\n' }
}

export interface Seen {
  readonly open: readonly Finding[]
  readonly stays: readonly Finding[]
  readonly accepted: readonly Finding[]
  readonly kind: ReturnType<Control['inspect']>['kind']
}

export function look(control: Control, c: Case): Seen {
  const verdict = control.inspect(c)
  const findings = verdict.kind === 'open' ? verdict.findings : []
  return {
    kind: verdict.kind,
    open: findings.filter(({ standing }) => standing === undefined),
    stays: findings.filter(({ standing }) => standing?.status === 'stays'),
    accepted: findings.filter(({ standing }) => standing?.status === 'accepted'),
  }
}

/** `file: the line's text`, so that a table says what is meant and not where it stands today. */
export function placeOf(c: Case, { where }: Finding): string {
  if (where === undefined) return 'nowhere'
  if (where.line === undefined) return where.file
  const line = c.install.files.get(where.file)?.text.split('\n')[where.line - 1] ?? '(no such line)'
  return `${where.file}: ${line.trim()}`
}

function envText({ env = {}, envEnd = '' }: Parts, release: string): string {
  let text = `TRACECAT__IMAGE_TAG=${release}\n${stock.env}`
  for (const [name, value] of Object.entries(env)) {
    const line = new RegExp(`^${name}=.*\\n`, 'm')
    const wanted = value === undefined ? '' : `${name}=${value}\n`
    text = line.test(text) ? text.replace(line, () => wanted) : `${text}${wanted}`
  }
  return text + envEnd
}

function composeText({ compose = [] }: Parts): string {
  return compose.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the practice Compose file has no ${from}`)
    return text.replace(from, () => to)
  }, stock.compose)
}

export function answersOf({ answers }: Parts, release: string): Answers {
  return completeAnswers({ ...stock.answers, ...answers }, { release: releaseOf(release) })
}

function factsOf({ facts, host }: Parts): Facts {
  return {
    docker: unknown('not asked'),
    containers: unknown('not asked'),
    data: { state: 'none', why: 'a test' },
    fresh: true,
    host: {
      platform: 'linux',
      appArmor: known(false),
      userNamespacesRestricted: known(false),
      tunDevice: known('usable'),
      kernel: known('6.1.0'),
      logging: known({ driver: 'json-file', limited: false }),
      ...host,
    },
    privileges: { level: 'privileged', how: 'assumed', why: 'no Docker here' },
    shell: new Map(),
    git: known({ checkout: false, trackedEnv: false }),
    redisAppends: unknown('not asked'),
    ...facts,
  }
}
