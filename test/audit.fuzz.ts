import { Script } from 'node:vm'
import { expect, test } from 'vitest'
import { completeAnswers } from '../src/answers/complete.ts'
import { parseAnswers } from '../src/answers/parse.ts'
import { type Facts, known, unknown } from '../src/controls/facts.ts'
import { judge } from '../src/controls/judge.ts'
import { controls } from '../src/controls/registry.ts'
import { Failure } from '../src/failure.ts'
import { assembleInstall } from '../src/install/assemble.ts'
import { auditJson } from '../src/report/audit/json.ts'
import { auditMarkdown } from '../src/report/audit/markdown.ts'
import { auditedInstall } from '../src/report/audit/report.ts'
import { sarif } from '../src/report/audit/sarif.ts'
import { auditText } from '../src/report/audit/text.ts'
import { describeFailure } from '../src/report/failure-text.ts'
import { Masker } from '../src/secrets/masker.ts'
import { findRelease } from '../src/surroundings/find-release.ts'
import { casesOf } from './full.ts'
import { cpuMs } from './fuzz/cpu.ts'
import { bases, type Texts } from './fuzz/installs.ts'
import { mutate, pick, randomFrom } from './fuzz/mutate.ts'

const cases = Number(process.env.FUZZ_CASES ?? casesOf(20_000))
const firstSeed = Number(process.env.FUZZ_SEED ?? 1)
/** What an admin waits for one install, in time of the processor. */
const limitMs = 2000
/** And by the clock: on a busy machine a hang is only one after this. */
const hangMs = 30_000

const metas = controls.map(({ meta }) => meta)
const allTexts = bases.flatMap((texts) => Object.values(texts))

function mutated(seed: number): { readonly texts: Texts; readonly facts: Facts } {
  const random = randomFrom(seed)
  const base = pick(bases, random)
  const victim = pick(Object.keys(base), random)
  const texts = Object.fromEntries(
    Object.entries(base).map(([name, text]) => [
      name,
      name === victim || random() < 0.15 ? mutate(text, allTexts, random) : text,
    ]),
  )
  return { texts, facts: factsFrom(random) }
}

function factsFrom(random: () => number): Facts {
  const maybe = <Value>(value: Value) => (random() < 0.7 ? known(value) : unknown('nobody knows'))
  return {
    docker: unknown('not asked'),
    containers: unknown('not asked'),
    data: { state: 'unknown', why: 'not asked' },
    fresh: false,
    host: {
      platform: random() < 0.9 ? 'linux' : 'win32',
      appArmor: maybe(random() < 0.5),
      userNamespacesRestricted: maybe(random() < 0.5),
      tunDevice: maybe('usable' as const),
    },
    privileges:
      random() < 0.5 ? undefined : { level: 'confined', how: 'probed', why: 'it started' },
    shell: new Map(random() < 0.3 ? [['REDIS_URL', 'redis://elsewhere']] : []),
    git: maybe({ checkout: random() < 0.5, trackedEnv: random() < 0.5 }),
    redisAppends: unknown('not asked'),
    keys: maybe([{ part: 'payload-keyring:v1', state: 'gone' as const }]),
  }
}

/** Audits one mutated install as the command does; gives what was printed, or the admin's mistake. */
function run(seed: number): 'judged' | 'refused' {
  const { texts, facts } = mutated(seed)
  const names = Object.keys(texts)
  try {
    const install = assembleInstall({
      directory: '/srv/tracecat',
      files: new Map(
        names.map((path) => [path, { path, text: texts[path] ?? '', hash: '', mode: 0o600 }]),
      ),
      envPath: '.env',
      sourcePaths: names.filter((name) => name.endsWith('.yml')),
      overridePath: 'docker-compose.override.yml',
      shell: Object.fromEntries(facts.shell),
    })
    const answersText = texts['tracecat-harden.yaml']
    const file =
      answersText === undefined ? undefined : parseAnswers(answersText, 'tracecat-harden.yaml')
    const release = findRelease(install, undefined)
    const answers =
      file === undefined
        ? undefined
        : completeAnswers(file.answers, { release, locate: file.locate })
    const judgement = judge(controls, { install, release, facts, answers })
    const audited = auditedInstall('/srv/tracecat', release.tag, judgement, new Masker())
    const report = { installs: [audited], failed: [] }
    expect(JSON.parse([...auditJson(report)].join('\n')).installs[0].findings).toHaveLength(
      judgement.findings.length,
    )
    const text = auditText(report, { columns: 80, color: false, verbose: true }).reveal()
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    expect(text.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
    if (seed % 8 === 0) expect(JSON.parse(sarif(report, metas)).runs).toHaveLength(1)
    if (seed % 8 === 1) expect(auditMarkdown(report)).toContain('# Tracecat audit')
    return 'judged'
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    expect(describeFailure(error, 80).join('').trim()).not.toBe('')
    return 'refused'
  }
}

const bridge: { seed: number; run: (seed: number) => 'judged' | 'refused' } = { seed: 0, run }
Reflect.set(globalThis, '__audit', bridge)
/** Run as a script of its own, because only such a one can be stopped in the middle of a loop. */
const step = new Script('__audit.run(__audit.seed)')

test(
  `${cases} mutated installs from seed ${firstSeed} on neither crash nor hang an audit`,
  { timeout: 600_000 },
  () => {
    const counts = { judged: 0, refused: 0 }
    let slowest = { ms: 0, seed: 0 }
    for (let seed = firstSeed; seed < firstSeed + cases; seed += 1) {
      bridge.seed = seed
      const began = cpuMs()
      try {
        const outcome: unknown = step.runInThisContext({ timeout: hangMs })
        counts[outcome === 'judged' ? 'judged' : 'refused'] += 1
      } catch (error) {
        throw new Error(`FUZZ_SEED=${seed} FUZZ_CASES=1 repeats it`, { cause: error })
      }
      const ms = cpuMs() - began
      if (ms > slowest.ms) slowest = { ms, seed }
      if (ms > limitMs) throw new Error(`FUZZ_SEED=${seed} FUZZ_CASES=1 takes ${Math.round(ms)} ms`)
    }
    process.stdout.write(
      `seeds ${firstSeed} to ${firstSeed + cases - 1}: ${counts.judged} judged, ${counts.refused} refused, the slowest ${Math.round(slowest.ms)} ms (seed ${slowest.seed})\n`,
    )
    // Most mutations must get past the parsers, or the controls were not tried.
    if (cases >= 1000) expect(counts.judged).toBeGreaterThan(cases / 4)
  },
)
