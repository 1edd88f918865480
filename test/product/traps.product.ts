import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { describeStock, newest, releases, stock } from '../stock.ts'
import { answers, ssoChoices, tlsChoices } from './answers.ts'
import { engine, type FakeContainer } from './docker.ts'
import { stockInstall, withTag } from './installs.ts'
import { composeComplaints } from './real.ts'
import { failureOf, look, open, runInit, snapshot, textOf, valuesOf } from './run.ts'

const fresh = { options: { fresh: true } } as const

function write(directory: string, path: string, text: string): void {
  mkdirSync(dirname(join(directory, path)), { recursive: true })
  writeFileSync(join(directory, path), text)
}

function set(env: string, name: string, value: string): string {
  const line = new RegExp(`^#? *${name}=.*$`, 'm')
  return line.test(env) ? env.replace(line, () => `${name}=${value}`) : `${name}=${value}\n${env}`
}

/** A real `.env`: no stock value left, as an admin would have it by the documentation. */
const real = {
  TRACECAT__DB_ENCRYPTION_KEY: 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyMTI=',
  TRACECAT__SERVICE_KEY: 'service-0f3b5c7d9e1f2a4b6c8d0e2f4a6b8c0d',
  TRACECAT__SIGNING_SECRET: 'signing-0f3b5c7d9e1f2a4b6c8d0e2f4a6b8c0d',
  USER_AUTH_SECRET: 'user-auth-0f3b5c7d9e1f2a4b6c8d0e2f4a6b8c0d',
  TRACECAT__POSTGRES_USER: 'tracecat',
  TRACECAT__POSTGRES_PASSWORD: 'postgres-0f3b5c7d9e1f2a4b6c8d0e2f4a6b8c',
  TEMPORAL__POSTGRES_PASSWORD: 'temporal-0f3b5c7d9e1f2a4b6c8d0e2f4a6b8c',
  MINIO_ROOT_USER: 'storage-1a2b3c4d5e',
  MINIO_ROOT_PASSWORD: 'minio-0f3b5c7d9e1f2a4b6c8d0e2f4a6b8c0d',
} as const

function realEnv(release: string, more: Readonly<Record<string, string>> = {}): string {
  return Object.entries({ ...real, ...more }).reduce(
    (env, [name, value]) => set(env, name, value),
    withTag(release),
  )
}

const lasting = [
  'TRACECAT__POSTGRES_USER',
  'TRACECAT__POSTGRES_PASSWORD',
  'TRACECAT__DB_URI',
  'TEMPORAL__POSTGRES_USER',
  'TEMPORAL__POSTGRES_PASSWORD',
  'MINIO_ROOT_USER',
  'MINIO_ROOT_PASSWORD',
  'TRACECAT__DB_ENCRYPTION_KEY',
] as const

const pick = (values: ReadonlyMap<string, string>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, values.get(name)]))

const volumes = (project: string) =>
  ['core-db', 'temporal-db', 'redis-data', 'minio-data'].map((volume) => ({ volume, project }))

describeStock('on an install that was started, nothing that lives in a volume changes', () => {
  describe.each(releases)('%s', (release) => {
    test('unknown, for lack of Docker', async () => {
      const directory = stockInstall(release)
      const before = pick(valuesOf(directory), lasting.slice(0, -1))
      expect((await runInit(directory, answers())).exitCode).toBe(0)
      expect(pick(valuesOf(directory), lasting.slice(0, -1))).toEqual(before)
      expect(valuesOf(directory).get('REDIS_URL')).toBe(
        `redis://:${valuesOf(directory).get('REDIS_PASSWORD')}@redis:6379`,
      )
      expect(composeComplaints(directory)).toEqual([])
      const left = open((await look(directory)).judgement)
      expect(left.map((line) => line.split(':')[0])).toEqual([
        'postgres-password',
        'temporal-postgres-password',
        'minio-credentials',
        'minio-credentials',
      ])
    })

    test('known, by its volumes; real secrets all stay', async () => {
      const directory = stockInstall(release, { '.env': realEnv(release) })
      const processes = engine({ directory, volumes: volumes('tracecat') })
      const before = valuesOf(directory)
      expect((await runInit(directory, answers(), { processes })).exitCode).toBe(0)
      const names = [
        ...lasting,
        'TRACECAT__SERVICE_KEY',
        'TRACECAT__SIGNING_SECRET',
        'USER_AUTH_SECRET',
      ]
      expect(pick(valuesOf(directory), names)).toEqual(pick(before, names))
      expect(open((await look(directory, { processes })).judgement)).toEqual([])
      expect(composeComplaints(directory)).toEqual([])
    })

    test('the findings say rotate', async () => {
      const directory = stockInstall(release)
      const ran = await runInit(directory, answers(), {
        processes: engine({ directory, volumes: volumes('tracecat') }),
      })
      const text = ran.printed.replace(/\s+/g, ' ')
      for (const name of ['postgres', 'temporal-postgres', 'minio'])
        expect(text).toContain(`tracecat-harden rotate ${name}`)
    })
  })
})

describeStock('traps', () => {
  test('COMPOSE_FILE in .env: ours is added last, and Compose reads it', async () => {
    const directory = stockInstall(newest, {
      '.env': `COMPOSE_FILE=docker-compose.yml:more.yml\n${withTag(newest)}`,
      'more.yml': 'services:\n  api:\n    mem_limit: 1g\n',
    })
    await runInit(directory, answers(), fresh)
    expect(valuesOf(directory).get('COMPOSE_FILE')).toBe(
      'docker-compose.yml:more.yml:docker-compose.override.yml',
    )
    expect(composeComplaints(directory)).toEqual([])
    const { judgement, plan } = await look(directory, fresh)
    expect([open(judgement), plan.files]).toEqual([[], []])
  })

  test('COMPOSE_FILE in .env leaves an override out that lies there: it is not woken', async () => {
    const sleeping = 'services:\n  api:\n    command: ["false"]\n'
    const directory = stockInstall(newest, {
      '.env': `COMPOSE_FILE=docker-compose.yml\n${withTag(newest)}`,
      'docker-compose.override.yml': sleeping,
    })
    await runInit(directory, answers(), fresh)
    expect(textOf(directory, 'docker-compose.override.yml')).toBe(sleeping)
    expect(valuesOf(directory).get('COMPOSE_FILE')).toBe(
      'docker-compose.yml:docker-compose.tracecat-harden.yml',
    )
    expect(composeComplaints(directory)).toEqual([])
    expect(open((await look(directory, fresh)).judgement)).toEqual([])
  })

  test('COMPOSE_FILE with another separator', async () => {
    const directory = stockInstall(newest, {
      '.env': `COMPOSE_PATH_SEPARATOR=,\nCOMPOSE_FILE=docker-compose.yml,more.yml\n${withTag(newest)}`,
      'more.yml': 'services:\n  api:\n    mem_limit: 1g\n',
    })
    await runInit(directory, answers(), fresh)
    expect(valuesOf(directory).get('COMPOSE_FILE')).toBe(
      'docker-compose.yml,more.yml,docker-compose.override.yml',
    )
    expect(composeComplaints(directory)).toEqual([])
  })

  test('COMPOSE_FILE in the shell: said, since only the admin can change it', async () => {
    const directory = stockInstall(newest)
    const ran = await runInit(directory, answers(), {
      ...fresh,
      env: { COMPOSE_FILE: 'docker-compose.yml' },
    })
    expect(ran.printed.replace(/\s+/g, ' ')).toMatch(/COMPOSE_FILE/)
    expect(ran.printed).toMatch(/override-loaded|not docker-compose\.override\.yml/)
  })

  test.each([
    ['in the shell alone', withTag(newest)],
    ['in the shell, and another in .env', `COMPOSE_FILE=docker-compose.yml\n${withTag(newest)}`],
  ])('COMPOSE_FILE %s: a second run makes no second override', async (_name, env) => {
    const own = 'services:\n  api:\n    mem_limit: 1g\n'
    const directory = stockInstall(newest, { '.env': env, 'ours.yml': own })
    const parts = { ...fresh, env: { COMPOSE_FILE: 'docker-compose.yml:ours.yml' } }
    await runInit(directory, answers(), parts)
    const before = snapshot(directory)
    await runInit(directory, undefined, parts)
    expect(snapshot(directory)).toEqual(before)
  })

  test('compose.override.yml beats docker-compose.override.yml: ours goes into the one that Compose loads', async () => {
    const other = 'services:\n  api:\n    mem_limit: 1g\n'
    const directory = stockInstall(newest, {
      'compose.override.yml': '# mine\nservices:\n  api:\n    cpus: 2\n',
      'docker-compose.override.yml': other,
    })
    await runInit(directory, answers(), fresh)
    expect(textOf(directory, 'docker-compose.override.yml')).toBe(other)
    expect(textOf(directory, 'compose.override.yml')).toMatch(/# mine[\s\S]*requirepass/)
    // Compose 2.40 warns of two overrides; it names the one that it uses.
    expect(composeComplaints(directory)).toEqual([
      expect.stringMatching(/Using [^ ]*\/compose\.override\.yml"$/),
    ])
  })

  test('--env-file elsewhere in the folder: that file is hardened, and no .env made', async () => {
    const directory = stockInstall(newest, { '.env': undefined, 'prod.env': realEnv(newest) })
    const processes = engine({
      directory,
      environmentFile: join(directory, 'prod.env'),
      containers: [{ service: 'api' }],
    })
    await runInit(directory, answers(), { processes })
    expect(textOf(directory, '.env')).toBe('')
    expect(valuesOf(directory, 'prod.env').get('REDIS_PASSWORD')).toMatch(/.{40}/)
    expect(composeComplaints(directory, ['--env-file', 'prod.env'])).toEqual([])
    expect(open((await look(directory, { processes })).judgement)).toEqual([])
  })

  test('--env-file outside of the folder: refused, with the way out', async () => {
    const directory = stockInstall(newest, { '.env': undefined })
    const before = snapshot(directory)
    const processes = engine({
      directory,
      environmentFile: '/etc/tracecat/prod.env',
      containers: [{ service: 'api' }],
    })
    const failure = await failureOf(runInit(directory, answers(), { processes }))
    expect(failure.message).toContain('/etc/tracecat/prod.env')
    expect(failure.remedy).toMatch(/ln -s/)
    expect(snapshot(directory)).toEqual(before)
  })

  test('a renamed project: its volumes count, and --fresh is refused where the name says that they are its own', async () => {
    const directory = stockInstall(newest, {
      '.env': set(withTag(newest), 'COMPOSE_PROJECT_NAME', 'prod'),
    })
    const processes = engine({ directory, volumes: volumes('prod') })
    const before = valuesOf(directory)
    await runInit(directory, answers(), { processes })
    expect(valuesOf(directory).get('TRACECAT__POSTGRES_PASSWORD')).toBe(
      before.get('TRACECAT__POSTGRES_PASSWORD'),
    )
    const failure = await failureOf(runInit(directory, answers(), { processes, ...fresh }))
    expect(failure.message).toMatch(/prod_core-db/)
  })

  test('volumes of a project with a name that nothing here knows: not new without --fresh', async () => {
    const directory = stockInstall(newest)
    const processes = engine({ directory, volumes: volumes('from-another-folder') })
    await runInit(directory, answers(), { processes })
    expect(valuesOf(directory).get('TRACECAT__POSTGRES_PASSWORD')).toBe('postgres')
  })

  test('without .env and with volumes: refused, since a new encryption key would be the end of the old data', async () => {
    const directory = stockInstall(newest, { '.env': undefined })
    const before = snapshot(directory)
    const failure = await failureOf(
      runInit(directory, answers(), {
        processes: engine({ directory, volumes: volumes('tracecat') }),
      }),
    )
    expect(failure.remedy).toMatch(/backup/)
    expect(snapshot(directory)).toEqual(before)
  })

  test('a bind-mounted data folder is data', async () => {
    const override =
      'services:\n  postgres_db:\n    volumes:\n      - ./data:/var/lib/postgresql/data\n'
    const directory = stockInstall(newest, { 'docker-compose.override.yml': override })
    write(directory, 'data/PG_VERSION', '16\n')
    await runInit(directory, answers(), { processes: engine({ directory }) })
    expect(valuesOf(directory).get('TRACECAT__POSTGRES_PASSWORD')).toBe('postgres')
    const failure = await failureOf(
      runInit(directory, answers(), { processes: engine({ directory }), ...fresh }),
    )
    expect(failure.message).toMatch(/data folder/)
  })

  test('a database, Redis and S3 of the admin are left alone', async () => {
    const uri =
      'postgresql+psycopg://corp:Zk8%24vQm2LxWr7TnY4cHbJ9pSd3FgA6@db.corp.example.com:5432/tracecat?target_session_attrs=read-write'
    const redis = 'rediss://:mW7rTn4XcV9bHk3JpS6dGy1AeU0oKi5R@cache.corp.example.com:6380/2'
    const override = ['api', 'worker', 'executor', 'agent-worker', 'agent-executor']
      .map(
        (name) =>
          `  ${name}:\n    environment:\n      TRACECAT__BLOB_STORAGE_ENDPOINT: https://s3.corp.example.com\n`,
      )
      .join('')
    const env = realEnv(newest, {
      TRACECAT__DB_URI: `'${uri}'`,
      REDIS_URL: redis,
      MINIO_ROOT_USER: 'minio',
      MINIO_ROOT_PASSWORD: 'password',
      TRACECAT__POSTGRES_PASSWORD: 'postgres',
    })
    const directory = stockInstall(newest, {
      '.env': env,
      'docker-compose.override.yml': `services:\n${override}`,
    })
    await runInit(directory, answers(), fresh)
    const values = valuesOf(directory)
    expect(values.get('TRACECAT__DB_URI')).toBe(uri)
    expect(values.get('REDIS_URL')).toBe(redis)
    expect(values.get('TRACECAT__POSTGRES_PASSWORD')).toBe('postgres')
    expect(values.get('MINIO_ROOT_PASSWORD')).toBe('password')
    expect(textOf(directory, 'docker-compose.override.yml')).not.toMatch(/requirepass/)
    // TLS to a server of the admin's is the admin's to turn on: no file of ours could.
    const left = open((await look(directory, fresh)).judgement)
    expect(left).toEqual([])
    expect(composeComplaints(directory)).toEqual([])
    const before = snapshot(directory)
    await runInit(directory, undefined, fresh)
    expect(snapshot(directory)).toEqual(before)
  })

  test('a Redis behind a socket is left alone too', async () => {
    const env = set(withTag(newest), 'REDIS_URL', 'unix:///run/redis/redis.sock')
    const directory = stockInstall(newest, { '.env': env })
    await runInit(directory, answers(), fresh)
    expect(valuesOf(directory).get('REDIS_URL')).toBe('unix:///run/redis/redis.sock')
    expect(textOf(directory, 'docker-compose.override.yml')).not.toMatch(/requirepass/)
  })

  const running: readonly FakeContainer[] = [
    {
      service: 'api',
      environment: {
        ...real,
        TRACECAT__POSTGRES_PASSWORD: '',
        REDIS_URL: 'redis://:f8Qz2LmW7rTn4XcV9bHk3JpS6dGy1AeU0oKi5RtBwNx@redis:6379',
        TRACECAT__AUTH_SUPERADMIN_EMAIL: 'boss@example.com',
      },
    },
    {
      service: 'postgres_db',
      environment: {
        POSTGRES_USER: 'tracecat',
        POSTGRES_PASSWORD: real.TRACECAT__POSTGRES_PASSWORD,
      },
    },
    {
      service: 'temporal_postgres_db',
      environment: {
        POSTGRES_USER: 'temporal',
        POSTGRES_PASSWORD: real.TEMPORAL__POSTGRES_PASSWORD,
      },
    },
    {
      service: 'minio',
      environment: {
        MINIO_ROOT_USER: real.MINIO_ROOT_USER,
        MINIO_ROOT_PASSWORD: real.MINIO_ROOT_PASSWORD,
      },
    },
    {
      service: 'redis',
      environment: { REDISCLI_AUTH: 'f8Qz2LmW7rTn4XcV9bHk3JpS6dGy1AeU0oKi5RtBwNx' },
    },
  ]

  test('a lost .env with running containers: rebuilt from what they run with', async () => {
    const directory = stockInstall(newest, { '.env': undefined })
    const processes = engine({ directory, containers: running, volumes: volumes('tracecat') })
    const ran = await runInit(directory, answers(), { processes })
    expect(ran.exitCode).toBe(0)
    const values = valuesOf(directory)
    expect(pick(values, Object.keys(real))).toEqual(real)
    expect(values.get('REDIS_PASSWORD')).toBe('f8Qz2LmW7rTn4XcV9bHk3JpS6dGy1AeU0oKi5RtBwNx')
    expect(ran.printed).toMatch(/rebuilt from/)
    expect(ran.printed).not.toContain(real.TRACECAT__DB_ENCRYPTION_KEY)
    expect(composeComplaints(directory)).toEqual([])
    expect(open((await look(directory, { processes })).judgement)).toEqual([])
  })

  test('a lost .env with only a backup: what the backup has', async () => {
    const directory = stockInstall(newest, { '.env': realEnv(newest) })
    const volumesOnly = engine({ directory, volumes: volumes('tracecat') })
    await runInit(directory, answers(), { processes: volumesOnly })
    const before = valuesOf(directory)
    rmSync(join(directory, '.env'))
    rmSync(join(directory, '.tracecat-harden/last'), { recursive: true })
    await runInit(directory, answers(), { processes: volumesOnly })
    expect(pick(valuesOf(directory), Object.keys(real))).toEqual(pick(before, Object.keys(real)))
    expect(open((await look(directory, { processes: volumesOnly })).judgement)).toEqual([])
  })

  test('a lost .env after hardening: as it was, byte for byte', async () => {
    const directory = stockInstall(newest, { '.env': realEnv(newest) })
    const processes = engine({ directory, volumes: volumes('tracecat') })
    await runInit(directory, answers(), { processes })
    const before = textOf(directory, '.env')
    rmSync(join(directory, '.env'))
    await runInit(directory, undefined, { processes })
    expect(textOf(directory, '.env')).toBe(before)
  })

  test('-f in a unit file: the containers tell; that ours is not read is said and no secret is half-way', async () => {
    const directory = stockInstall(newest, {
      '.env': realEnv(newest),
      'prod.yml': 'services:\n  api:\n    mem_limit: 1g\n',
    })
    const processes = engine({
      directory,
      containers: [{ service: 'api' }],
      configFiles: ['docker-compose.yml', 'prod.yml'],
    })
    const ran = await runInit(directory, answers(), { processes })
    expect(ran.printed.replace(/\s+/g, ' ')).toMatch(/-f docker-compose\.override\.yml/)
    expect(
      open((await look(directory, { processes })).judgement).some((line) =>
        line.startsWith('override-loaded'),
      ),
    ).toBe(true)
  })

  test('-f with our override among the files', async () => {
    const directory = stockInstall(newest, {
      '.env': realEnv(newest),
      'prod.yml': 'services:\n  api:\n    mem_limit: 1g\n',
      'docker-compose.override.yml': 'services:\n  api:\n    cpus: 2\n',
    })
    const processes = engine({
      directory,
      containers: [{ service: 'api' }],
      configFiles: ['docker-compose.yml', 'prod.yml', 'docker-compose.override.yml'],
    })
    await runInit(directory, answers(), { processes })
    expect(open((await look(directory, { processes })).judgement)).toEqual([])
  })
})

/** What env-migration.sh leaves: the new example's names alone, with the old values of those. */
function migrated(env: string, example: string): string {
  const old = new Map(
    env.split('\n').flatMap((line) => {
      const [, name, value] = /^([A-Z_a-z0-9]+)=(.*)$/.exec(line) ?? []
      return name === undefined ? [] : [[name, value ?? ''] as const]
    }),
  )
  return example.replace(/^([A-Za-z_0-9]+)=(.*)$/gm, (all, name: string) => {
    const value = old.get(name)
    return value === undefined || value === '' ? all : `${name}=${value}`
  })
}

function vendorUpdate(directory: string, release: string): void {
  const env = textOf(directory, '.env')
  writeFileSync(join(directory, '.env'), migrated(env, stock(release, '.env.example')))
  for (const name of ['docker-compose.yml', 'Caddyfile', '.env.example'] as const)
    writeFileSync(join(directory, name), stock(release, name))
}

describeStock("the vendor's own update, after hardening", () => {
  test.each([
    ['the same release', newest, newest],
    ['one release on', '1.0.0-beta.50', newest],
    ['from beta.42', '1.0.0-beta.42', newest],
    ['from 0.53 to beta.51', '0.53.25', newest],
    ['from 0.40 to 0.53', '0.40.0', '0.53.25'],
  ])('%s: all of ours is back', async (_name, from, to) => {
    const encrypted = from.startsWith('1.0.0-beta.4') || from.startsWith('1.0.0-beta.5')
    const directory = stockInstall(from, { '.env': realEnv(from) })
    const processes = engine({ directory, volumes: volumes('tracecat') })
    const given = answers(
      encrypted ? { payloadEncryption: true } : {},
      { executorPrivileges: 'confined' },
      tlsChoices.automatic,
    )
    await runInit(directory, given, { ...fresh })
    const before = valuesOf(directory)
    vendorUpdate(directory, to)
    writeFileSync(
      join(directory, '.env'),
      `TRACECAT__IMAGE_TAG=${to}\n${textOf(directory, '.env')}`,
    )
    const ran = await runInit(directory, undefined, { processes })
    expect(ran.exitCode).toBe(0)
    const after = valuesOf(directory)
    const names = [
      ...lasting,
      'REDIS_PASSWORD',
      'REDIS_URL',
      'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING',
      'TRACECAT__SERVICE_KEY',
    ]
    expect(pick(after, names)).toEqual(pick(before, names))
    expect(textOf(directory, 'caddy/Caddyfile')).toMatch(/acme|email ops@example\.com/)
    expect(composeComplaints(directory)).toEqual([])
    expect(
      open((await look(directory, { processes })).judgement).filter(
        (line) => !line.startsWith('payload-encryption'),
      ),
    ).toEqual([])
    expect(after.get('TRACECAT__EXECUTOR_BACKEND')).toBe(to === newest ? 'ephemeral' : undefined)
  })

  test('the same release, without secrets: the same bytes as before, but for the order of .env', async () => {
    const directory = stockInstall(newest, { '.env': realEnv(newest) })
    const processes = engine({ directory, volumes: volumes('tracecat') })
    await runInit(directory, answers(ssoChoices.oidc), { processes })
    const before = new Map(snapshot(directory))
    vendorUpdate(directory, newest)
    await runInit(directory, undefined, { processes })
    const after = new Map(snapshot(directory))
    for (const files of [before, after])
      for (const path of ['.env', '.tracecat-harden/last/env', '.tracecat-harden/written.json'])
        files.delete(path)
    expect(after).toEqual(before)
  })
})

describeStock('releases and what they need', () => {
  test('pool on beta.51 becomes ephemeral', async () => {
    const directory = stockInstall(newest, {
      '.env': realEnv(newest, {
        TRACECAT__EXECUTOR_BACKEND: 'pool',
        TRACECAT__DISABLE_NSJAIL: 'false',
      }),
    })
    await runInit(directory, answers())
    expect(valuesOf(directory).get('TRACECAT__EXECUTOR_BACKEND')).toBe('ephemeral')
  })

  test('the tag 1.0.0 is older than beta.38: no agent-only abilities, no payload keyring', async () => {
    const directory = stockInstall('1.0.0')
    const failure = await failureOf(runInit(directory, answers({ payloadEncryption: true }), fresh))
    expect(failure.message).toMatch(/payloadEncryption/)
    await runInit(directory, answers(), fresh)
    expect(valuesOf(directory).get('TRACECAT__EXECUTOR_BACKEND')).toBe('pool')
  })

  test('the Compose file of a newer release with another image tag: the tag decides', async () => {
    const compose = stock(newest, 'docker-compose.yml').replace(
      /TRACECAT__IMAGE_TAG:-[^}]*/g,
      'TRACECAT__IMAGE_TAG:-1.0.0-beta.50',
    )
    const older = stockInstall(newest, {
      'docker-compose.yml': compose,
      '.env': withTag('1.0.0-beta.42'),
    })
    await runInit(older, answers(), fresh)
    expect(valuesOf(older).get('TRACECAT__EXECUTOR_BACKEND')).toBe('pool')
    const defaulted = stockInstall(newest, {
      'docker-compose.yml': compose,
      '.env': stock(newest, '.env.example'),
    })
    await runInit(defaulted, answers(), fresh)
    expect(valuesOf(defaulted).get('TRACECAT__EXECUTOR_BACKEND')).toBe('pool')
    expect(textOf(defaulted, 'caddy/Caddyfile')).toMatch(/Secure/)
  })

  test.each([
    '0.39.0',
    'latest',
    'sha-1234567',
  ])('the tag %s is refused, and nothing changed', async (tag) => {
    const directory = stockInstall(newest, { '.env': withTag(tag, stock(newest, '.env.example')) })
    const before = snapshot(directory)
    const failure = await failureOf(runInit(directory, answers(), fresh))
    expect(failure.exitCode).toBe(3)
    expect(snapshot(directory)).toEqual(before)
  })

  test('a release newer than the table is taken as the newest known, with a notice', async () => {
    const directory = stockInstall(newest, {
      '.env': withTag('1.0.0-beta.99', stock(newest, '.env.example')),
    })
    const ran = await runInit(directory, answers(), fresh)
    expect(ran.printed.replace(/\s+/g, ' ')).toMatch(/newer than this program knows/)
    expect(composeComplaints(directory)).toEqual([])
  })
})

describeStock('keys that must never change', () => {
  async function hardened(): Promise<string> {
    const directory = stockInstall(newest)
    await runInit(directory, answers({ payloadEncryption: true }), fresh)
    return directory
  }

  test('the encryption key was swapped: refused', async () => {
    const directory = await hardened()
    writeFileSync(
      join(directory, '.env'),
      set(
        textOf(directory, '.env'),
        'TRACECAT__DB_ENCRYPTION_KEY',
        real.TRACECAT__DB_ENCRYPTION_KEY,
      ),
    )
    const before = snapshot(directory)
    const failure = await failureOf(runInit(directory, undefined))
    expect(failure.message).toMatch(/TRACECAT__DB_ENCRYPTION_KEY/)
    expect(snapshot(directory)).toEqual(before)
  })

  test('the encryption key is gone: put back from what we wrote last', async () => {
    const directory = await hardened()
    const key = valuesOf(directory).get('TRACECAT__DB_ENCRYPTION_KEY')
    writeFileSync(
      join(directory, '.env'),
      set(textOf(directory, '.env'), 'TRACECAT__DB_ENCRYPTION_KEY', 'your-tracecat-db-fernet-key'),
    )
    // The placeholder is another value than the one remembered: that is a lost key, not a swapped one.
    await runInit(directory, undefined)
    expect(valuesOf(directory).get('TRACECAT__DB_ENCRYPTION_KEY')).toBe(key)
  })

  test('the encryption key is gone, with every copy: refused', async () => {
    const directory = await hardened()
    writeFileSync(
      join(directory, '.env'),
      set(textOf(directory, '.env'), 'TRACECAT__DB_ENCRYPTION_KEY', ''),
    )
    rmSync(join(directory, '.tracecat-harden/last'), { recursive: true })
    rmSync(join(directory, '.tracecat-harden/backups'), { recursive: true })
    const failure = await failureOf(runInit(directory, undefined))
    expect(failure.message).toMatch(/TRACECAT__DB_ENCRYPTION_KEY was here before/)
  })

  test('a key was dropped from the keyring: refused', async () => {
    const directory = await hardened()
    writeFileSync(
      join(directory, '.env'),
      set(
        textOf(directory, '.env'),
        'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING',
        '{"current_key_id":"v9","keys":{"v9":"another-root-key-0123456789"}}',
      ),
    )
    const failure = await failureOf(runInit(directory, undefined))
    expect(failure.message).toMatch(/keyring/i)
  })

  test('a key was added to the keyring: fine', async () => {
    const directory = await hardened()
    const ring: unknown = JSON.parse(
      valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING') ?? '{}',
    )
    const { keys } = ring as { keys: Record<string, string> }
    const more = JSON.stringify({
      current_key_id: 'v2',
      keys: { ...keys, v2: 'another-root-key-0123456789-0123456789' },
    })
    writeFileSync(
      join(directory, '.env'),
      set(textOf(directory, '.env'), 'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING', `'${more}'`),
    )
    expect((await runInit(directory, undefined)).exitCode).toBe(0)
    expect(valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING')).toBe(more)
  })

  test('payload encryption on a running stack takes two steps', async () => {
    const directory = stockInstall(newest, { '.env': realEnv(newest) })
    const holders = ['api', 'worker', 'executor', 'agent-worker', 'agent-executor', 'mcp']
    const containers = (environment: Readonly<Record<string, string>>) =>
      engine({ directory, containers: holders.map((service) => ({ service, environment })) })
    await runInit(directory, answers({ payloadEncryption: true }), { processes: containers({}) })
    const ring = valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING') ?? ''
    expect(ring).toMatch(/current_key_id/)
    expect(valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED')).toBe('false')
    await runInit(directory, undefined, { processes: containers({}) })
    expect(valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED')).toBe('false')
    const processes = containers({ TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING: ring })
    await runInit(directory, undefined, { processes })
    expect(valuesOf(directory).get('TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED')).toBe('true')
    expect(open((await look(directory, { processes })).judgement)).toEqual([])
  })
})

describeStock('shell and server', () => {
  test('a variable of the shell that beats the file is said, and no secret of the shell is shown', async () => {
    const directory = stockInstall(newest)
    const ran = await runInit(directory, answers(), {
      ...fresh,
      env: { TRACECAT__AUTH_TYPES: 'oidc', REDIS_PASSWORD: 'a-password-of-the-shell-0123456789' },
    })
    expect(ran.printed).toMatch(/TRACECAT__AUTH_TYPES is set in this shell/)
    expect(ran.printed).toMatch(/REDIS_PASSWORD is set in this shell/)
    expect(ran.printed).not.toContain('a-password-of-the-shell-0123456789')
  })

  const recipe =
    'services:\n  redis:\n    command: ["redis-server", "--requirepass", "${REDIS_PASSWORD}"]\n'

  test.each([
    ['that appends', 'yes', true],
    ['that does not append', 'no', false],
  ] as const)("the documentation's recipe on a running server %s", async (_name, appendOnly, added) => {
    const env = realEnv(newest, {
      REDIS_URL: 'redis://:${REDIS_PASSWORD}@redis:6379',
      REDIS_PASSWORD: 'documented-password-0123456789ab',
    })
    const directory = stockInstall(newest, { '.env': env, 'docker-compose.override.yml': recipe })
    const processes = engine({
      directory,
      containers: [{ service: 'redis' }, { service: 'api' }],
      appendOnly,
    })
    await runInit(directory, answers(), { processes })
    const override = textOf(directory, 'docker-compose.override.yml')
    expect(override).not.toContain('--requirepass')
    expect(override.includes('--appendonly')).toBe(added)
    expect(valuesOf(directory).get('REDIS_PASSWORD')).toBe('documented-password-0123456789ab')
    const left = open((await look(directory, { processes })).judgement)
    expect(left.map((line) => line.split(':')[0])).toEqual(added ? [] : ['redis-persistence'])
    expect(composeComplaints(directory)).toEqual([])
  })
})
