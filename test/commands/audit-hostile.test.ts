import { execFileSync } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { realFiles } from '../../src/world/real-files.ts'
import { cpuMs } from '../fuzz/cpu.ts'
import { auditDocument, runAudit, stockFolder } from './installs.ts'

/** What is wrong with the folder, and how it is made so. */
type Hostile = readonly [what: string, make: (folder: string) => void]

const write =
  (name: string, content: string | Uint8Array) =>
  (folder: string): void =>
    writeFileSync(join(folder, name), content)

const replace =
  (name: string, make: (path: string) => void) =>
  (folder: string): void => {
    rmSync(join(folder, name), { force: true })
    make(join(folder, name))
  }

const pipe = (path: string): void => void execFileSync('mkfifo', [path])

const laughs = [
  'x0: &x0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]',
  ...Array.from({ length: 12 }, (_, i) => `x${i + 1}: &x${i + 1} [${`*x${i},`.repeat(9)}*x${i}]`),
  'services: { api: { image: "a:1", labels: *x12 } }',
].join('\n')

const hostile: readonly Hostile[] = [
  ['broken YAML', write('docker-compose.yml', 'services:\n  api: [\n')],
  ['a Compose file that is a list', write('docker-compose.yml', '- a\n- b\n')],
  ['an empty Compose file', write('docker-compose.yml', '')],
  [
    'a Compose file of another program',
    write('docker-compose.yml', 'services: { web: { image: nginx } }\n'),
  ],
  [
    'a binary Compose file',
    write(
      'docker-compose.yml',
      Uint8Array.from({ length: 4096 }, (_, i) => i % 256),
    ),
  ],
  [
    'a binary .env',
    write(
      '.env',
      Uint8Array.from({ length: 4096 }, (_, i) => i % 256),
    ),
  ],
  ['an .env with a NUL', write('.env', 'A=b\0c\n')],
  ['an .env that Compose refuses', write('.env', "A='x''y'\n")],
  [
    'a Compose file over 512 KiB',
    write('docker-compose.yml', `services: {}\n${'# x\n'.repeat(140_000)}`),
  ],
  ['an .env over 512 KiB', write('.env', 'A=b\n'.repeat(140_000))],
  ['a Compose file that is a directory', replace('docker-compose.yml', (path) => mkdirSync(path))],
  ['an .env that is a directory', replace('.env', (path) => mkdirSync(path))],
  ['a Compose file that is a named pipe', replace('docker-compose.yml', pipe)],
  ['an .env that is a named pipe', replace('.env', pipe)],
  ['a Caddyfile that is a named pipe', replace('Caddyfile', pipe)],
  ['an .env that is a device', replace('.env', (path) => symlinkSync('/dev/zero', path))],
  [
    'a Compose file that is a loop of links',
    replace('docker-compose.yml', (path) => symlinkSync(path, path)),
  ],
  ['a link that leads nowhere', replace('.env', (path) => symlinkSync('/nowhere/at/all', path))],
  ['a YAML bomb of aliases', write('docker-compose.yml', laughs)],
  ['a YAML bomb of depth', write('docker-compose.yml', `services: ${'['.repeat(20_000)}`)],
  ['a YAML bomb of maps', write('docker-compose.yml', `services: ${'{a: '.repeat(20_000)}`)],
  [
    'a bomb of substitutions',
    write(
      '.env',
      Array.from({ length: 40 }, (_, i) => `A${i + 1}=\${A${i}}\${A${i}}`)
        .join('\n')
        .replace(/^/, 'A0=aaaaaaaaaaaaaaaa\n'),
    ),
  ],
  [
    'substitutions nested 10,000 deep',
    write('docker-compose.yml', `services: { api: { image: "${'${A:-'.repeat(10_000)}" } }`),
  ],
  ['answers that are a bomb', write('tracecat-harden.yaml', `a: ${'['.repeat(20_000)}`)],
  ['answers that are a directory', replace('tracecat-harden.yaml', (path) => mkdirSync(path))],
  ['COMPOSE_FILE that names standard input', write('.env', 'COMPOSE_FILE=-\n')],
  [
    'COMPOSE_FILE that names another machine',
    write('.env', 'COMPOSE_FILE=https://example.com/a.git\n'),
  ],
  ['COMPOSE_FILE that names nothing there', write('.env', 'COMPOSE_FILE=other.yml\n')],
]

describe('a hostile install ends in a clear error, exit code 2, within two seconds', () => {
  test.each(hostile)('%s', async (_, make) => {
    const folder = stockFolder()
    make(folder)
    const began = cpuMs()
    const { exitCode, err, out } = await runAudit([folder])
    expect(cpuMs() - began).toBeLessThan(2000)
    expect(exitCode).toBe(2)
    expect(err).toContain(`${folder}:\n`)
    expect(err.length).toBeLessThan(1000)
    expect(err).not.toMatch(/\n\s+at |undefined|\[object/)
    expect(out).toBe('1 install could not be audited.')
  })
})

describe('cycles in ${} are Compose’s empty text, not an error', () => {
  test.each([
    ['of one', 'A=${A}\n'],
    ['of two', 'A=${B}\nB=${A}\n'],
    ['below a default', 'A=${B:-${A:-${B}}}\nB=${A}\n'],
  ])('%s', async (_, lines) => {
    const began = cpuMs()
    const folder = stockFolder()
    writeFileSync(
      join(folder, '.env'),
      `${lines}TRACECAT__LOCAL_REPOSITORY_PATH=/x\nPUBLIC_APP_PORT=80\n`,
    )
    expect((await runAudit([folder])).exitCode).toBe(1)
    expect(cpuMs() - began).toBeLessThan(2000)
  })
})

describe('a hostile file beside a readable install leaves the rest audited, within two seconds', () => {
  test.each([
    ['a Caddyfile nested 50,000 deep', 'Caddyfile', '{\n'.repeat(50_000), 'tls'],
    ['a Caddyfile of one endless quote', 'Caddyfile', `"${'x'.repeat(400_000)}`, 'tls'],
    [
      'a Caddyfile of 100,000 placeholders without an end',
      'Caddyfile',
      '{$A:'.repeat(100_000),
      undefined,
    ],
    [
      'fingerprints that are damaged',
      '.tracecat-harden/fingerprints.json',
      '{',
      'key-fingerprints',
    ],
    [
      'fingerprints nested deep',
      '.tracecat-harden/fingerprints.json',
      '['.repeat(200_000),
      'key-fingerprints',
    ],
    [
      'fingerprints that would take hours to compare',
      '.tracecat-harden/fingerprints.json',
      JSON.stringify({
        version: 1,
        parts: Object.fromEntries(
          Array.from({ length: 500 }, (_, i) => [`payload-keyring:${i}`, 'x']),
        ),
      }),
      'key-fingerprints',
    ],
  ])('%s', async (_, name, content, control) => {
    const began = cpuMs()
    const { installs, exitCode } = await auditDocument([stockFolder({ [name]: content })])
    expect(cpuMs() - began).toBeLessThan(2000)
    expect(exitCode).toBe(1)
    if (control !== undefined)
      expect(installs[0]?.skipped.map((one) => one.control)).toContain(control)
    expect(installs[0]?.findings.map((one) => one.control)).toContain('postgres-password')
  })
})

describe('what may not be read', () => {
  const refused = { kind: 'unreadable', reason: 'permission denied' } as const

  test.each([
    '.env',
    'docker-compose.yml',
    'Caddyfile',
    '.tracecat-harden/written.json',
  ])('%s: exit code 2, and who may', async (name) => {
    const files = realFiles()
    const folder = stockFolder()
    const closed = {
      ...files,
      read: async (path: string, limit: number) =>
        path === join(folder, name) ? refused : await files.read(path, limit),
    }
    const { exitCode, err } = await runAudit([folder], {}, { files: closed })
    expect(exitCode).toBe(2)
    expect(err.replaceAll('\n', ' ')).toContain(
      `${folder}: ${name} cannot be read: permission denied.`,
    )
    expect(err).toContain('sudo')
  })

  test('the folder itself', async () => {
    const folder = stockFolder()
    const refused = { code: 'EACCES', syscall: 'scandir', path: folder }
    const denied = Object.assign(new Error('EACCES: permission denied'), refused)
    const closed = { ...realFiles(), list: async () => Promise.reject(denied) }
    const { exitCode, err } = await runAudit([folder], {}, { files: closed })
    expect(exitCode).toBe(2)
    expect(err).toContain(`Could not list ${folder}: permission denied.`)
  })
})

test('an install that brings out a fault of ours costs its own entry and nothing else', async () => {
  const files = realFiles()
  const [good, bad] = [stockFolder(), stockFolder()]
  const read = async (path: string, limit: number) => {
    if (path === join(bad, '.env')) throw new TypeError('x is not a function')
    return await files.read(path, limit)
  }
  const { installs, failed, exitCode, err } = await auditDocument(
    [bad, good],
    {},
    { files: { ...files, read } },
  )
  expect(installs.map(({ dir }) => dir)).toEqual([good])
  expect(failed).toMatchObject([
    { dir: bad, message: 'A fault of tracecat-harden itself: TypeError: x is not a function' },
  ])
  expect(exitCode).toBe(3)
  expect(err.split('\n').filter((line) => /^ +at /.test(line))).toHaveLength(1)
})
