import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { answers } from '../../product/answers.ts'
import { engine } from '../../product/docker.ts'
import { failureOf, runInit, snapshot, textOf, valuesOf } from '../../product/run.ts'
import { stockFolder } from '../installs.ts'

const example = (name: string) =>
  readFileSync(new URL(`../../../templates/example/${name}`, import.meta.url), 'utf8')
/** As the vendor's steps leave it: `.env` is a copy of the example. */
const exampleEnv = `TRACECAT__IMAGE_TAG=1.0.0-beta.51\n${example('dot-env')}`

function practiceInstall(changes: Readonly<Record<string, string>> = {}): string {
  return stockFolder({ '.env.example': example('dot-env'), '.env': exampleEnv, ...changes })
}

const fresh = { options: { fresh: true } } as const
const key = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyMTI='

function withValue(env: string, name: string, value: string): string {
  return env.replace(new RegExp(`^#? *${name}=.*$`, 'm'), () => `${name}=${value}`)
}

function edit(directory: string, name: string, value: string): void {
  writeFileSync(join(directory, '.env'), withValue(textOf(directory, '.env'), name, value))
}

describe('secrets that somebody damaged', () => {
  test.each([
    ['cut short', key.slice(0, -4)],
    ['blank', ''],
  ])('an encryption key that is %s, where nobody knows of data: refused', async (_name, value) => {
    const directory = practiceInstall({
      '.env': withValue(exampleEnv, 'TRACECAT__DB_ENCRYPTION_KEY', value),
    })
    const before = snapshot(directory)
    const failure = await failureOf(runInit(directory, answers()))
    expect(failure.message).toMatch(/TRACECAT__DB_ENCRYPTION_KEY is .*may have data/)
    expect(snapshot(directory)).toEqual(before)
  })

  test.each([
    'two%20words-0123',
    'half%22quoted-0123',
    'half%27quoted-0123',
  ])('a password that Redis cannot read from its file: refused (%s)', async (password) => {
    const own = `redis://:${password}@redis:6379`
    const directory = practiceInstall({
      '.env': withValue(exampleEnv, 'REDIS_URL', own),
    })
    const failure = await failureOf(runInit(directory, answers()))
    expect(failure.message).toMatch(/password of Redis/)
    expect(failure.message).not.toContain('0123')
    const elsewhere = own.replace('@redis:', '@cache.example.com:')
    edit(directory, 'REDIS_URL', elsewhere)
    await runInit(directory, answers())
    expect(valuesOf(directory).get('REDIS_URL')).toBe(elsewhere)
  })

  test('secrets of ours that were blanked come back', async () => {
    const directory = practiceInstall()
    await runInit(directory, answers(), fresh)
    const before = valuesOf(directory)
    const names = ['TRACECAT__DB_ENCRYPTION_KEY', 'TRACECAT__POSTGRES_PASSWORD', 'REDIS_PASSWORD']
    for (const name of names) edit(directory, name, '')
    await runInit(directory, undefined)
    expect(valuesOf(directory)).toEqual(before)
  })

  test('a lost .env is made anew for a stack that never started: nothing of it counts as changed', async () => {
    const directory = practiceInstall()
    await runInit(directory, answers(), fresh)
    rmSync(join(directory, '.env'))
    await runInit(directory, undefined, fresh)
    const values = valuesOf(directory)
    expect(values.get('REDIS_URL')).toBe(`redis://:${values.get('REDIS_PASSWORD')}@redis:6379`)
    expect(values.get('TRACECAT__POSTGRES_USER')).toBe('tracecat')
  })
})

describe('the names that volumes were made with', () => {
  test('a user whose line is gone comes back, and not as the default', async () => {
    const directory = practiceInstall()
    await runInit(directory, answers(), fresh)
    const env = textOf(directory, '.env').replace(/^TRACECAT__POSTGRES_USER=.*\n/m, '')
    writeFileSync(join(directory, '.env'), env)
    await runInit(directory, undefined)
    expect(valuesOf(directory).get('TRACECAT__POSTGRES_USER')).toBe('tracecat')
  })

  test.each([
    ['a server', 'db.example.com'],
    ['a socket', '%2Fvar%2Frun%2Fpostgresql'],
  ])("a URI that names %s in its query is the admin's own", async (_name, host) => {
    const uri = `postgresql+psycopg:///tracecat?host=${host}&user=corp&password=geheim-99`
    const directory = practiceInstall({
      '.env': withValue(exampleEnv, 'TRACECAT__DB_URI', uri),
    })
    await runInit(directory, answers(), fresh)
    expect(valuesOf(directory).get('TRACECAT__DB_URI')).toBe(uri)
  })
})

describe('the example over a hardened .env', () => {
  async function overwritten(): Promise<{
    directory: string
    before: ReadonlyMap<string, string>
  }> {
    const directory = practiceInstall()
    await runInit(directory, answers(), fresh)
    const before = valuesOf(directory)
    writeFileSync(join(directory, '.env'), exampleEnv)
    return { directory, before }
  }
  const passwords = [
    'TRACECAT__POSTGRES_PASSWORD',
    'TEMPORAL__POSTGRES_PASSWORD',
    'MINIO_ROOT_USER',
    'MINIO_ROOT_PASSWORD',
  ]

  test('nobody knows what the volumes hold: refused, and nothing is lost', async () => {
    const { directory } = await overwritten()
    const before = snapshot(directory)
    const failure = await failureOf(runInit(directory, undefined))
    expect(failure.message).toMatch(/TRACECAT__POSTGRES_PASSWORD/)
    expect(snapshot(directory)).toEqual(before)
    copyFileSync(join(directory, '.tracecat-harden/last/env'), join(directory, '.env'))
    expect((await runInit(directory, undefined)).exitCode).toBe(0)
  })

  test('running servers tell: their credentials come back, with the user and the URI', async () => {
    const { directory, before } = await overwritten()
    const of = (name: string) => before.get(name) ?? ''
    const processes = engine({
      directory,
      containers: [
        {
          service: 'postgres_db',
          environment: {
            POSTGRES_USER: of('TRACECAT__POSTGRES_USER'),
            POSTGRES_PASSWORD: of('TRACECAT__POSTGRES_PASSWORD'),
          },
        },
        {
          service: 'temporal_postgres_db',
          environment: {
            POSTGRES_USER: of('TEMPORAL__POSTGRES_USER'),
            POSTGRES_PASSWORD: of('TEMPORAL__POSTGRES_PASSWORD'),
          },
        },
        {
          service: 'minio',
          environment: {
            MINIO_ROOT_USER: of('MINIO_ROOT_USER'),
            MINIO_ROOT_PASSWORD: of('MINIO_ROOT_PASSWORD'),
          },
        },
      ],
    })
    await runInit(directory, undefined, { processes })
    const after = valuesOf(directory)
    for (const name of [...passwords, 'TRACECAT__POSTGRES_USER', 'TRACECAT__DB_URI'])
      expect(after.get(name), name).toBe(before.get(name))
  })

  test('running servers that hold the defaults keep them', async () => {
    const { directory } = await overwritten()
    const processes = engine({
      directory,
      containers: [
        {
          service: 'postgres_db',
          environment: { POSTGRES_USER: 'postgres', POSTGRES_PASSWORD: 'postgres' },
        },
        {
          service: 'temporal_postgres_db',
          environment: { POSTGRES_USER: 'temporal', POSTGRES_PASSWORD: 'temporal' },
        },
        {
          service: 'minio',
          environment: { MINIO_ROOT_USER: 'minio', MINIO_ROOT_PASSWORD: 'password' },
        },
      ],
    })
    await runInit(directory, undefined, { processes })
    for (const name of passwords)
      expect(exampleEnv).toContain(`${name}=${valuesOf(directory).get(name)}\n`)
  })
})

describe('a lost state folder', () => {
  test.each([
    ['', ''],
    [' with a route of the admin', '\thandle /mine {\n\t\trespond 204\n\t}\n'],
  ])('the files%s stay as they are, byte for byte', async (_name, route) => {
    const directory = practiceInstall()
    const caddyfile = example('Caddyfile').replace(/\}\s*$/, `${route}}\n`)
    writeFileSync(join(directory, 'Caddyfile'), caddyfile)
    await runInit(directory, answers(), fresh)
    const before = snapshot(directory)
    rmSync(join(directory, '.tracecat-harden'), { recursive: true })
    await runInit(directory, undefined)
    const outside = (files: ReadonlyMap<string, string>) =>
      [...files].filter(([path]) => !path.startsWith('.tracecat-harden/'))
    expect(outside(snapshot(directory))).toEqual(outside(before))
  })
})
