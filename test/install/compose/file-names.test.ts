import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import { composeFileNames } from '../../../src/install/compose/file-names.ts'
import { composeConfig, composeVersion } from './compose-command.ts'
import { inFolder } from './folders.ts'

const none: ReadonlyMap<string, string> = new Map()
const bases = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml']
const overrides = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
]

interface NameCase {
  readonly name: string
  readonly present: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly shell?: Readonly<Record<string, string>>
  readonly files: readonly string[]
}

/** Measured with Compose 2.40; the last test asks it again. */
const cases: readonly NameCase[] = [
  ...bases.map((base, index) => ({
    name: `${base} before what follows it`,
    present: bases.slice(index).reverse(),
    files: [base],
  })),
  ...overrides.map((override, index) => ({
    name: `${override} before what follows it`,
    present: ['docker-compose.yml', ...overrides.slice(index).reverse()],
    files: ['docker-compose.yml', override],
  })),
  {
    name: 'any override for any base',
    present: ['compose.yaml', 'docker-compose.override.yaml'],
    files: ['compose.yaml', 'docker-compose.override.yaml'],
  },
  {
    name: 'COMPOSE_FILE of .env',
    present: [...bases, ...overrides, 'x.yml'],
    env: { COMPOSE_FILE: 'docker-compose.yml:x.yml' },
    files: ['docker-compose.yml', 'x.yml'],
  },
  {
    name: 'COMPOSE_FILE of the shell',
    present: [...bases, 'x.yml'],
    env: { COMPOSE_FILE: 'compose.yml' },
    shell: { COMPOSE_FILE: 'x.yml' },
    files: ['x.yml'],
  },
  {
    name: 'a separator of .env',
    present: ['x.yml', 'y.yml'],
    env: { COMPOSE_FILE: 'y.yml;x.yml', COMPOSE_PATH_SEPARATOR: ';' },
    files: ['y.yml', 'x.yml'],
  },
  {
    name: 'a separator of the shell',
    present: ['x.yml', 'y.yml'],
    env: { COMPOSE_FILE: 'y.yml;x.yml' },
    shell: { COMPOSE_PATH_SEPARATOR: ';' },
    files: ['y.yml', 'x.yml'],
  },
  {
    name: 'an empty separator',
    present: ['x.yml', 'y.yml'],
    env: { COMPOSE_FILE: 'y.yml:x.yml', COMPOSE_PATH_SEPARATOR: '' },
    files: ['y.yml', 'x.yml'],
  },
]

const mapOf = (values: Readonly<Record<string, string>> = {}) => new Map(Object.entries(values))

describe('the files that Compose loads', () => {
  test.each(cases)('$name', ({ env, shell, present, files }) => {
    expect(composeFileNames(mapOf(env), mapOf(shell), present).files).toEqual(files)
  })

  test.each([[''], ['a.yml:'], [':a.yml']])('COMPOSE_FILE=%j is refused', (value) => {
    expect(() => composeFileNames(mapOf({ COMPOSE_FILE: value }), none, ['a.yml'])).toThrowError(
      Failure,
    )
  })

  test('none without a base', () => {
    expect(composeFileNames(none, none, overrides).files).toEqual([])
  })

  test('stdin and addresses are no files', () => {
    const env = mapOf({
      COMPOSE_FILE: '-;oci://r/x;git@example.com:a/b.git;c.yml',
      COMPOSE_PATH_SEPARATOR: ';',
    })
    expect(composeFileNames(env, none, ['c.yml'])).toMatchObject({
      files: ['c.yml'],
      remote: ['-', 'oci://r/x', 'git@example.com:a/b.git'],
    })
  })
})

describe('the override to write into', () => {
  const stock = 'docker-compose.yml'
  test('is the usual one where none exists', () => {
    expect(composeFileNames(none, none, [stock])).toMatchObject({
      override: { file: 'docker-compose.override.yml', loaded: true, last: true },
      ignoredOverrides: [],
    })
  })

  test('is the one that Compose loads, and the other is named as ignored', () => {
    const present = [stock, 'compose.override.yml', 'docker-compose.override.yml']
    expect(composeFileNames(none, none, present)).toMatchObject({
      override: { file: 'compose.override.yml', loaded: true },
      ignoredOverrides: ['docker-compose.override.yml'],
    })
  })

  test('must be added to a COMPOSE_FILE that has none', () => {
    expect(composeFileNames(mapOf({ COMPOSE_FILE: stock }), none, [stock])).toMatchObject({
      override: { file: 'docker-compose.override.yml', loaded: false, last: false },
    })
  })

  test('is a new one where COMPOSE_FILE leaves out an override of the admin', () => {
    const present = [stock, 'docker-compose.override.yml']
    expect(composeFileNames(mapOf({ COMPOSE_FILE: stock }), none, present)).toMatchObject({
      override: { file: 'docker-compose.tracecat-harden.yml', loaded: false },
      ignoredOverrides: ['docker-compose.override.yml'],
    })
  })

  test('is the one that COMPOSE_FILE names, wherever it stands there', () => {
    const env = mapOf({ COMPOSE_FILE: `${stock}:./docker-compose.override.yml:late.yml` })
    expect(composeFileNames(env, none, [stock, 'docker-compose.override.yml'])).toMatchObject({
      override: { file: './docker-compose.override.yml', loaded: true, last: false },
      ignoredOverrides: [],
    })
  })

  test('further bases are named', () => {
    expect(composeFileNames(none, none, [stock, 'compose.yml']).ignoredBases).toEqual([stock])
  })
})

const skipped = composeVersion === undefined ? ' (skipped: Docker Compose is not installed)' : ''

describe.skipIf(skipped !== '')(`Compose itself${skipped}`, { timeout: 60_000 }, () => {
  test.each(cases)('loads $files for: $name', ({ present, env = {}, shell = {}, files }) => {
    const contents = present.map((name) => {
      const service = name.replaceAll('.', '-')
      return [name, `services: {${service}: {image: x}}`] as const
    })
    const dotEnv = Object.entries(env).map(([name, value]) => `${name}=${value}\n`)
    const answer = inFolder(
      { ...Object.fromEntries(contents), '.env': dotEnv.join('') },
      (directory) => composeConfig(directory, { shell }),
    )
    const loaded = answer.ok ? Object.keys(answer.config.services ?? {}) : answer.message
    expect(loaded).toEqual(files.map((name) => name.replaceAll('.', '-')).sort())
  })
})
