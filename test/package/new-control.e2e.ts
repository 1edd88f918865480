import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import ts from 'typescript'
import { afterAll, beforeAll, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const copied = [
  ...['src', 'scripts', 'templates', 'test', 'docs'],
  ...['.gitignore', 'biome.json', 'package.json', 'tsconfig.json', 'vitest.config.ts'],
]
const touched = ['src/controls/registry.ts', 'test/controls/rows.ts'] as const

/** A copy of the project, in which a control is added. */
let copy: string
beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'tracecat-control-'))
  for (const name of copied) cpSync(join(root, name), join(copy, name), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
})
afterAll(() => rmSync(copy, { recursive: true, force: true }))

const read = (path: string): string => readFileSync(join(copy, path), 'utf8')

async function node(...args: readonly string[]) {
  return await execa(process.execPath, args, { cwd: copy, reject: false, env: { CI: '' } })
}

const newControl = (...args: readonly string[]) => node('scripts/new-control.mjs', ...args)

test.each([
  [[], 'There is no id'],
  [['Session Cookie'], 'Session Cookie is no id'],
  [['session-cookie'], 'src/controls/edge/session-cookie.ts is there'],
  [['trial-rule', 'kitchen'], 'There is no area kitchen: choose one of credentials, data, edge'],
])('%j is refused, and nothing is written', async (args, message) => {
  const before = touched.map(read)
  const { exitCode, stderr } = await newControl(...args)
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining(message)])
  expect(touched.map(read)).toEqual(before)
})

test('the skeleton compiles, lints, has its page, and fails in what is to be filled in alone', async () => {
  const { exitCode, stderr } = await newControl('trial-rule', 'edge')
  expect(exitCode, stderr).toBe(0)
  const file = 'src/controls/edge/trial-rule.ts'
  expect(read('src/controls/registry.ts')).toContain(
    "import { trialRule } from './edge/trial-rule.ts'",
  )
  expect(read('docs/controls/README.md')).toContain('trial-rule.md')
  expect(errorsIn(file)).toEqual([])
  const lint = ['check', '--error-on-warnings', file, ...touched]
  const linted = await node('node_modules/@biomejs/biome/bin/biome', ...lint)
  expect(linted.exitCode, linted.stdout + linted.stderr).toBe(0)

  const tested = await node(
    'node_modules/vitest/vitest.mjs',
    ...['run', '--project', 'unit', '--reporter', 'json', 'test/controls/controls.test.ts'],
  )
  expect(failedTests(tested.stdout)).toEqual([
    expect.stringMatching(/^'trial-rule': .* fires, at the right place$/),
    'every control says what it is about, in plain text',
  ])
}, 120_000)

function errorsIn(file: string): readonly string[] {
  const config = ts.readConfigFile(join(copy, 'tsconfig.json'), ts.sys.readFile).config
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, copy)
  const wanted = [file, touched[0], 'src/templates.d.ts'].map((path) => join(copy, path))
  const program = ts.createProgram(wanted, options)
  return wanted
    .flatMap((path) => program.getSemanticDiagnostics(program.getSourceFile(path)))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

interface Report {
  readonly testResults: readonly {
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[]
  }[]
}

function failedTests(json: string): readonly string[] {
  const report: Report = JSON.parse(json.slice(json.indexOf('{')))
  const all = report.testResults.flatMap(({ assertionResults }) => assertionResults)
  expect(all.length).toBeGreaterThan(100)
  return all
    .filter(({ status }) => status === 'failed')
    .map(({ fullName }) => fullName)
    .sort()
}
