import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { caseEnv, caseTop, type ServiceCase } from './cases.ts'

/** Files by name in a fresh folder called `demo`, gone after `use`. */
export function inFolder<T>(
  files: Readonly<Record<string, string>>,
  use: (directory: string) => T,
): T {
  const outer = realpathSync(mkdtempSync(join(tmpdir(), 'tracecat-compose-')))
  const directory = join(outer, 'demo')
  mkdirSync(directory)
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
    return use(directory)
  } finally {
    rmSync(outer, { recursive: true, force: true })
  }
}

const indented = (text: string): string =>
  text
    .split('\n')
    .map((line) => `    ${line}\n`)
    .join('')

/** One project with a service for each case: `c0`, `c1`, ... */
export function filesOf(cases: readonly ServiceCase[]): Readonly<Record<string, string>> {
  // a service may not be empty; no case sets stop_signal
  const base = cases.map(
    ({ base }, index) => `  c${index}:\n    stop_signal: SIGTERM\n${indented(base)}`,
  )
  const override = cases.flatMap(({ override }, index) =>
    override === undefined ? [] : [`  c${index}:\n${indented(override)}`],
  )
  return {
    '.env': caseEnv,
    'docker-compose.yml': `${caseTop}services:\n${base.join('')}`,
    ...(override.length === 0
      ? {}
      : { 'docker-compose.override.yml': `services:\n${override.join('')}` }),
  }
}
