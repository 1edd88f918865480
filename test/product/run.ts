import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import type { InitOptions } from '../../src/commands/init/options.ts'
import { init } from '../../src/commands/init.ts'
import type { Case } from '../../src/controls/control.ts'
import { type Judgement, judge } from '../../src/controls/judge.ts'
import { controls } from '../../src/controls/registry.ts'
import { Failure } from '../../src/failure.ts'
import { gather } from '../../src/hardening/gather.ts'
import { planInit } from '../../src/hardening/plan-init.ts'
import { parseEnvFile } from '../../src/install/env-file/parse.ts'
import { fileValues } from '../../src/install/env-file/resolve.ts'
import type { Plan } from '../../src/plan/make-plan.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { type FakeParts, type FakeWorld, fakeWorld } from '../world/fake.ts'
import { type AnswersObject, asYaml } from './answers.ts'

export interface Ran {
  readonly exitCode: number
  readonly world: FakeWorld
  /** All that was printed, on both channels. */
  readonly printed: string
}

export interface RunParts extends FakeParts {
  readonly options?: Partial<InitOptions>
}

/** `init --yes` with these answers; without answers, with those that the folder has. */
export async function runInit(
  directory: string,
  answers: AnswersObject | undefined,
  parts: RunParts = {},
): Promise<Ran> {
  const { options, ...rest } = parts
  const world = fakeWorld({
    now: new Date(),
    ...(answers === undefined ? {} : { input: asYaml(answers) }),
    ...rest,
    env: { OIDC_CLIENT_SECRET: clientSecret, ...rest.env },
  })
  const exitCode = await init(world, new Masker(), {
    ...optionsFor(directory, answers),
    ...options,
  })
  return { exitCode, world, printed: [...world.printed.out, ...world.printed.err].join('\n') }
}

export const clientSecret = 'client-secret-of-the-provider-0123456789'

/** The failure that a run ends with. */
export async function failureOf(run: Promise<unknown>): Promise<Failure> {
  try {
    await run
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('it did not fail')
}

export interface Looked {
  readonly judgement: Judgement
  readonly case: Case
  /** What another `init` would write, with the answers that the folder has. */
  readonly plan: Plan
}

/** What the controls say of the folder as it lies on disk now, and what another run would do. */
export async function look(directory: string, parts: RunParts = {}): Promise<Looked> {
  const { options, ...rest } = parts
  const world = fakeWorld({
    now: new Date(),
    ...rest,
    env: { OIDC_CLIENT_SECRET: clientSecret, ...rest.env },
  })
  const gathered = await gather(world, { ...optionsFor(directory, undefined), ...options })
  const { case: hardenCase, plan } = await planInit(world, new Masker(), gathered)
  return { judgement: judge(controls, hardenCase), case: hardenCase, plan }
}

/** Findings that nobody accepted, one line each. */
export function open(judgement: Judgement): readonly string[] {
  return judgement.findings
    .filter(({ status }) => status === 'open')
    .map(({ control, evidence }) => `${control.id}: ${evidence}`)
}

export function optionsFor(directory: string, answers: AnswersObject | undefined): InitOptions {
  return {
    directory,
    answers: answers === undefined ? undefined : '-',
    set: [],
    yes: true,
    dryRun: false,
    offline: true,
    fresh: false,
    tracecatVersion: undefined,
    from: undefined,
    upstream: undefined,
    json: false,
    verbose: false,
  }
}

/** Every file below a folder with its text and mode; backups and the lock left out. */
export function snapshot(directory: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  const walk = (folder: string): void => {
    for (const name of readdirSync(folder).sort()) {
      const path = join(folder, name)
      const inside = relative(directory, path)
      if (inside === '.tracecat-harden/backups') continue
      if (statSync(path).isDirectory()) walk(path)
      else
        found.set(
          inside,
          `${(statSync(path).mode & 0o777).toString(8)}\n${readFileSync(path, 'utf8')}`,
        )
    }
  }
  walk(directory)
  return found
}

export function textOf(directory: string, path: string): string {
  return existsSync(join(directory, path)) ? readFileSync(join(directory, path), 'utf8') : ''
}

/** The variables of a folder's `.env`, as Compose reads them. */
export function valuesOf(directory: string, path = '.env'): ReadonlyMap<string, string> {
  return fileValues(parseEnvFile(textOf(directory, path), path), {})
}
