import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { answers } from '../product/answers.ts'
import { runInit, snapshot, textOf, valuesOf } from '../product/run.ts'
import { scripted } from '../wizard/scripted.ts'
import { type Script, temporaryFolder } from '../world/fake.ts'
import { stockFolder } from './installs.ts'
import { backupsOf, restoreIn } from './restores.ts'

const key = 'TRACECAT__DB_ENCRYPTION_KEY'
const keyring = 'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'

/** Docker has nothing of any stack. */
const emptyDocker: Script = (program) => (program === 'docker' ? { stdout: '' } : 'missing')
const never = { processes: emptyDocker }

interface Hardened {
  readonly folder: string
  /** Of what was there before. */
  readonly id: string
}

/** A folder that `init` hardens now. */
async function harden(folder: string): Promise<Hardened> {
  const given = answers({ payloadEncryption: true })
  expect((await runInit(folder, given, { options: { fresh: true } })).exitCode).toBe(0)
  return { folder, id: backupsOf(folder)[0] ?? '' }
}

const example = fileURLToPath(new URL('../../templates/example/', import.meta.url))
let prepared = ''

beforeAll(async () => {
  prepared = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'harden-test-'))
  for (const name of ['docker-compose.yml', 'Caddyfile'])
    cpSync(join(example, name), join(prepared, name))
  cpSync(join(example, 'dot-env'), join(prepared, '.env'))
  chmodSync(join(prepared, '.env'), 0o600)
  await harden(prepared)
})
afterAll(() => rmSync(prepared, { recursive: true, force: true }))

/** A copy of a folder that `init` has hardened. */
function hardened(): Hardened {
  const folder = temporaryFolder()
  cpSync(prepared, folder, { recursive: true })
  return { folder, id: backupsOf(folder)[0] ?? '' }
}

function edit(folder: string, path: string, change: (text: string) => string): void {
  writeFileSync(join(folder, path), change(textOf(folder, path)))
}

/** What a `.env` says, without the keys that never go back. */
function withoutKeys(text: string): string {
  return text
    .split('\n')
    .filter((line) => !line.startsWith(`${key}=`) && !line.startsWith(`${keyring}=`))
    .join('\n')
}

describe('a stack that was never started', () => {
  test('goes back as a whole, but for the keys, and forth again', async () => {
    const folder = stockFolder({ '.env': `${textOf(stockFolder(), '.env')}\nMY_OWN=1 # mine\n` })
    const stock = textOf(folder, '.env')
    chmodSync(join(folder, '.env'), 0o644)
    const { id } = await harden(folder)
    const after = snapshot(folder)
    const keys = [key, keyring].map((name) => valuesOf(folder).get(name))
    chmodSync(join(folder, '.env'), 0o644)

    const ran = await restoreIn(folder, { backup: id }, never)

    expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
    expect(withoutKeys(textOf(folder, '.env'))).toBe(withoutKeys(stock))
    expect([key, keyring].map((name) => valuesOf(folder).get(name))).toEqual(keys)
    for (const path of ['docker-compose.override.yml', 'caddy/Caddyfile', 'tracecat-harden.yaml'])
      expect(existsSync(join(folder, path)), path).toBe(false)
    expect(textOf(folder, '.tracecat-harden/last/env')).toBe(textOf(folder, '.env'))
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o640)
    expect(ran.out).toContain("PostgreSQL's password: a default that everybody knows.")
    // An old install again: init takes it for one.
    expect((await runInit(folder, answers(), { options: { fresh: true } })).exitCode).toBe(0)

    const back = /restore (\S+)$/m.exec(ran.out)?.[1]
    expect((await restoreIn(folder, { backup: back }, never)).exitCode).toBe(0)
    const again = new Map(snapshot(folder))
    const ages = '.tracecat-harden/history.json'
    again.delete(ages)
    expect([...again]).toEqual([...after].filter(([path]) => path !== ages))
  })

  test('where nothing is different, nothing is written', async () => {
    const { folder, id } = hardened()
    expect((await restoreIn(folder, { backup: id }, never)).exitCode).toBe(0)
    const count = backupsOf(folder).length
    const ran = await restoreIn(folder, { backup: id }, never)
    expect([ran.exitCode, ran.out]).toEqual([0, expect.stringContaining('nothing to put back')])
    expect(backupsOf(folder)).toHaveLength(count)
  })

  test('a dry run writes nothing and shows no secret', async () => {
    const { folder, id } = hardened()
    const before = snapshot(folder)
    const ran = await restoreIn(folder, { backup: id, dryRun: true }, never)
    expect(ran.exitCode).toBe(0)
    expect(snapshot(folder)).toEqual(before)
    expect(ran.out).toMatch(/^-TRACECAT__POSTGRES_PASSWORD=\*+$/m)
    expect(ran.out).toContain('+++ /dev/null')
    for (const [name, value] of valuesOf(folder))
      if (/PASSWORD$|SECRET$|_KEY$/.test(name) && value !== '')
        expect(ran.printed).not.toContain(value)
  })

  test('JSON tells what was done', async () => {
    const { folder, id } = hardened()
    const planned = JSON.parse(
      (await restoreIn(folder, { backup: id, dryRun: true, json: true }, never)).out,
    )
    const ran = await restoreIn(folder, { backup: id, json: true }, never)
    const document = JSON.parse(ran.out)
    expect(document).toMatchObject({
      version: 1,
      dir: folder,
      release: '1.0.0-beta.51',
      live: [],
      backup: backupsOf(folder)[0],
      next: ['tracecat-harden audit shows what is open now.'],
    })
    expect(document.changes).toContainEqual({ file: '.env', kind: 'update' })
    expect(document.changes).toContainEqual({ file: 'caddy/Caddyfile', kind: 'remove' })
    expect(planned).toEqual({ ...document, backup: null })
  })
})

describe('what others wrote since', () => {
  test('a file that the run made and somebody changed stays; of the override, their part does', async () => {
    const { folder, id } = hardened()
    edit(folder, 'caddy/Caddyfile', (text) => `${text}\n# mine\n`)
    edit(folder, 'docker-compose.override.yml', (text) =>
      text.replace(/^services:$/m, 'services:\n  extra:\n    image: example/extra:1 # mine'),
    )
    const ran = await restoreIn(folder, { backup: id }, never)
    expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
    expect(textOf(folder, 'caddy/Caddyfile')).toContain('# mine')
    expect(ran.out).toContain('caddy/Caddyfile stays')
    const override = textOf(folder, 'docker-compose.override.yml')
    expect(override).toContain('image: example/extra:1 # mine')
    expect(override).not.toContain('REDIS_PASSWORD')
  })

  test('what goes is said, and is in the new backup', async () => {
    const { folder, id } = hardened()
    edit(folder, '.env', (text) => `${text}MY_OWN=1\n`)
    const ran = await restoreIn(folder, { backup: id }, never)
    expect(ran.out).toContain('.env loses what was changed in it by other hands since')
    expect(textOf(folder, '.env')).not.toContain('MY_OWN')
    const [newest] = backupsOf(folder)
    expect(textOf(folder, `.tracecat-harden/backups/${newest}/files/.env`)).toContain('MY_OWN=1')
  })

  test('.gitignore stays: it keeps the backups out of the repository', async () => {
    const folder = stockFolder()
    const inGit: Script = (program, args) =>
      program !== 'git'
        ? 'missing'
        : args.includes('--is-inside-work-tree')
          ? { stdout: 'true\n' }
          : {}
    const parts = { options: { fresh: true }, processes: inGit }
    expect((await runInit(folder, answers(), parts)).exitCode).toBe(0)
    expect(textOf(folder, '.gitignore')).toContain('.tracecat-harden/')
    await restoreIn(folder, { backup: backupsOf(folder)[0] }, never)
    expect(textOf(folder, '.gitignore')).toContain('.tracecat-harden/')
    expect(existsSync(join(folder, 'docker-compose.override.yml'))).toBe(false)
  })
})

describe('without Docker', () => {
  test('nobody knows what runs: that stops it, and --files-only is named', async () => {
    const { folder, id } = hardened()
    const ran = await restoreIn(folder, { backup: id })
    expect([ran.exitCode, ran.failure?.remedy]).toEqual([
      3,
      expect.stringContaining('--files-only'),
    ])
  })

  test('--files-only keeps what the databases hold', async () => {
    const { folder, id } = hardened()
    const names = [
      'TRACECAT__POSTGRES_PASSWORD',
      'TEMPORAL__POSTGRES_PASSWORD',
      'TRACECAT__DB_URI',
      key,
    ]
    const kept = names.map((name) => valuesOf(folder).get(name))
    const ran = await restoreIn(folder, { backup: id, filesOnly: true })
    expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
    expect(names.map((name) => valuesOf(folder).get(name))).toEqual(kept)
    expect(valuesOf(folder).get('REDIS_PASSWORD') ?? '').toBe('')
    expect(ran.out).toMatch(/TRACECAT__POSTGRES_PASSWORD,[^.]*: as now, since the databases keep/)
    expect(ran.out).toContain('docker compose up -d')
  })

  test('--files-only is refused where a password that is written out would lock out', async () => {
    const text = textOf(stockFolder(), '.env')
    const uri = 'postgresql+psycopg://postgres:written-out-1@postgres_db:5432/postgres'
    const old = text.replace(/^TRACECAT__DB_URI=.*$/m, `TRACECAT__DB_URI=${uri}`)
    expect(old).not.toBe(text)
    const { folder, id } = await harden(stockFolder({ '.env': old }))
    const before = snapshot(folder)
    const ran = await restoreIn(folder, { backup: id, filesOnly: true })
    expect([ran.exitCode, ran.failure?.message]).toEqual([3, expect.stringContaining('get in')])
    expect(snapshot(folder)).toEqual(before)
  })

  test.each([
    ['broken', (text: string) => `${text}\nBROKEN="no end\n`],
    ['gone', undefined],
  ])('--files-only puts a .env back that is %s, with the key of our copy', async (_, change) => {
    const { folder, id } = hardened()
    const lasting = valuesOf(folder).get(key)
    if (change === undefined) rmSync(join(folder, '.env'))
    else edit(folder, '.env', change)
    const ran = await restoreIn(folder, { backup: id, filesOnly: true })
    expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
    expect(valuesOf(folder).get(key)).toBe(lasting)
  })

  test('--files-only takes a broken override away', async () => {
    const { folder, id } = hardened()
    edit(folder, 'docker-compose.override.yml', (text) => `${text}\n  - [broken\n`)
    const ran = await restoreIn(folder, { backup: id, filesOnly: true })
    expect([ran.exitCode, ran.printed]).toEqual([0, expect.any(String)])
    expect(existsSync(join(folder, 'docker-compose.override.yml'))).toBe(false)
    expect(ran.out).toContain('docker-compose.override.yml loses')
  })

  test('another release stops it, unless the files alone are asked for', async () => {
    const { folder, id } = hardened()
    edit(folder, '.env', (text) => `${text}TRACECAT__IMAGE_TAG=1.0.0-beta.50\n`)
    const ran = await restoreIn(folder, { backup: id }, never)
    expect([ran.exitCode, ran.failure?.message]).toEqual([
      3,
      expect.stringContaining('1.0.0-beta.50'),
    ])
    expect((await restoreIn(folder, { backup: id, filesOnly: true }, never)).exitCode).toBe(0)
  })
})

describe('a backup that cannot be put back', () => {
  test('an id that is none: those that there are, and the one that was meant', async () => {
    const { folder, id } = hardened()
    const ran = await restoreIn(folder, { backup: `${id}x` }, never)
    expect([ran.exitCode, ran.failure?.remedy]).toEqual([2, expect.stringContaining(`mean ${id}?`)])
    expect(ran.failure?.remedy).toContain(`newest first: ${id}`)
  })

  test.each([
    ['a copy that was changed', 'files/.env', 'was changed since'],
    ['no manifest', 'manifest.json', 'is not whole'],
  ])('%s', async (_, file, message) => {
    const { folder, id } = hardened()
    edit(folder, `.tracecat-harden/backups/${id}/${file}`, (text) => `${text}x`)
    const before = snapshot(folder)
    const ran = await restoreIn(folder, { backup: id }, never)
    expect([ran.exitCode, ran.failure?.message]).toEqual([2, expect.stringContaining(message)])
    expect(snapshot(folder)).toEqual(before)
    const list = await restoreIn(folder, {}, never)
    expect(list.printed.includes('Not whole')).toBe(file === 'manifest.json')
  })

  test('no .env before it: the key would go', async () => {
    const folder = stockFolder()
    rmSync(join(folder, '.env'))
    const { id } = await harden(folder)
    const ran = await restoreIn(folder, { backup: id }, never)
    expect([ran.exitCode, ran.failure?.message]).toEqual([
      2,
      expect.stringContaining('no .env before'),
    ])
  })
})

describe('without an id', () => {
  test('backups are listed, newest first', async () => {
    const { folder, id } = hardened()
    await restoreIn(folder, { backup: id }, never)
    const ids = backupsOf(folder)
    const list = await restoreIn(folder)
    expect(list.exitCode).toBe(0)
    expect(list.out.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect([...list.out.matchAll(/^ {2}(\S+Z) /gm)].map(([, one]) => one)).toEqual(ids)
    expect(list.out).toMatch(/ {2}init {5}1 hour ago {2,}\.env, caddy\/Caddyfile,/)
    const { backups, ...rest } = JSON.parse((await restoreIn(folder, { json: true })).out)
    expect(rest).toEqual({
      ...{ version: 1, dir: folder, release: '1.0.0-beta.51', changes: [], live: [] },
      ...{ backup: null, next: [] },
    })
    expect(backups.map((one: { id: string }) => one.id)).toEqual(ids)
    expect(backups[1]).toMatchObject({ command: 'init', files: expect.arrayContaining(['.env']) })
  })

  test('where there is none, that is no failure', async () => {
    const folder = temporaryFolder()
    const ran = await restoreIn(folder)
    expect([ran.exitCode, ran.out]).toEqual([0, `There are no backups in ${folder}.`])
  })

  test('somebody is asked, and may want none', async () => {
    const { folder, id } = hardened()
    const before = snapshot(folder)
    const none = scripted([['which run', undefined]])
    expect((await restoreIn(folder, {}, { ...never, asked: none })).exitCode).toBe(0)
    const no = scripted([
      ['which run', id],
      ['Put this back?', undefined],
    ])
    expect((await restoreIn(folder, {}, { ...never, asked: no })).exitCode).toBe(130)
    expect(snapshot(folder)).toEqual(before)
    const yes = scripted([
      ['which run', id],
      ['Put this back?', true],
    ])
    expect((await restoreIn(folder, {}, { ...never, asked: yes })).exitCode).toBe(0)
    expect(existsSync(join(folder, 'docker-compose.override.yml'))).toBe(false)
  })
})

describe('--prune', () => {
  async function withThree(): Promise<{
    readonly folder: string
    readonly ids: readonly string[]
  }> {
    const { folder, id } = hardened()
    const first = await restoreIn(folder, { backup: id }, never)
    await restoreIn(folder, { backup: /restore (\S+)$/m.exec(first.out)?.[1] }, never)
    return { folder, ids: backupsOf(folder) }
  }

  test('removes all but the newest, old secrets with them', async () => {
    const { folder, ids } = await withThree()
    expect(ids).toHaveLength(3)
    const dry = await restoreIn(folder, { prune: true, dryRun: true })
    expect([dry.exitCode, backupsOf(folder)]).toEqual([0, ids])
    const ran = await restoreIn(folder, { prune: true })
    expect([ran.exitCode, backupsOf(folder)]).toEqual([0, ids.slice(0, 1)])
    for (const id of ids.slice(1)) expect(ran.out).toContain(id)
    expect(ran.out).toContain(`The newest stays: ${ids[0]}.`)
  })

  test('asks first; where nobody can be asked, only --yes will do', async () => {
    const { folder, ids } = await withThree()
    const silent = await restoreIn(folder, { prune: true, yes: false })
    expect([silent.exitCode, silent.failure?.remedy]).toEqual([2, expect.stringContaining('--yes')])
    const no = scripted([['Remove these?', undefined]])
    const refused = await restoreIn(folder, { prune: true, yes: false }, { asked: no })
    expect([refused.exitCode, backupsOf(folder)]).toEqual([130, ids])
  })

  test('leaves a folder alone that is no backup', async () => {
    const { folder, ids } = await withThree()
    mkdirSync(join(folder, '.tracecat-harden/backups/mine'))
    writeFileSync(join(folder, '.tracecat-harden/backups/mine/note'), 'mine')
    await restoreIn(folder, { prune: true })
    expect(backupsOf(folder)).toEqual(['mine', ids[0]])
    expect(readFileSync(join(folder, '.tracecat-harden/backups/mine/note'), 'utf8')).toBe('mine')
  })

  test('puts nothing back', async () => {
    const { folder, id } = hardened()
    const ran = await restoreIn(folder, { prune: true, backup: id })
    expect([ran.exitCode, ran.failure?.message]).toEqual([2, expect.stringContaining('--prune')])
  })
})
