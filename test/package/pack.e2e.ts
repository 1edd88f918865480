import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../built.ts'

const folder = mkdtempSync(join(tmpdir(), 'tracecat-harden-pack-'))
let tarball = ''
let packed: string[] = []

beforeAll(async () => {
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
  })
  const [report] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
  if (!report) throw new Error('npm pack reported nothing')
  tarball = join(folder, report.filename)
  packed = report.files.map((file) => file.path).sort()
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the package holds the bundle, and what a package page shows', () => {
  const chunks = packed.filter((path) => /^dist\/chunks\/[\w.-]+\.js$/.test(path))
  const pages = packed.filter((path) => /^docs\/controls\/[\w-]+\.md$/.test(path))
  expect(pages.length).toBeGreaterThan(30)
  expect(packed.filter((path) => !chunks.includes(path) && !pages.includes(path))).toEqual([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'dist/LICENSES.txt',
    'dist/answers.schema.json',
    'dist/cli.js',
    'package.json',
  ])
})

test('npx runs the tarball in an empty folder, fetching nothing else', async () => {
  const options = {
    cwd: mkdtempSync(join(folder, 'empty-')),
    env: { npm_config_offline: 'true', npm_config_cache: join(folder, 'cache') },
  }
  const { stdout } = await execa(
    'npx',
    ['--yes', '--package', tarball, 'tracecat-harden', '--version'],
    options,
  )
  const { version } = (await import('../../package.json', { with: { type: 'json' } })).default
  expect(stdout.trim()).toBe(version)
})
