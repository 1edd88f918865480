import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/failure.ts'
import { dockerStack } from '../../src/live/docker-stack.ts'
import { localImageIds } from '../../src/live/images.ts'
import type { ProcessOptions } from '../../src/world/process.ts'
import { fakeWorld, type Script, temporaryFolder } from '../world/fake.ts'
import { container } from './container.ts'

const hash = (digit: string) => digit.repeat(64)

interface Call {
  readonly line: string
  readonly options: ProcessOptions
}

function stackOf(script: Script, files: { env?: string; compose?: string; envPath?: string } = {}) {
  const directory = temporaryFolder()
  const envPath = files.envPath ?? '.env'
  writeFileSync(join(directory, envPath), files.env ?? '')
  writeFileSync(join(directory, 'docker-compose.yml'), files.compose ?? 'services: {}\n')
  const calls: Call[] = []
  const world = fakeWorld({
    processes(program, args, options) {
      calls.push({ line: [program, ...args].join(' '), options })
      return script(program, args, options)
    },
  })
  const target = { directory, project: 'tc', files: ['docker-compose.yml'], envPath }
  const options = `--project-name tc --project-directory ${directory}`
  return { stack: dockerStack(world, target), calls, directory, world, options }
}

const failure = async (promise: Promise<unknown>) => {
  const error = await promise.catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(Failure)
  return error instanceof Failure ? error : new Failure('badInput', 'none')
}

const inspected = (service: string, more: object = {}, labels: object = {}) => ({
  Id: `id-${service}`,
  Name: `/${service}`,
  Image: 'sha256:aa',
  RestartCount: 2,
  State: { Status: 'running', ExitCode: 0, Health: { Status: 'starting' } },
  Config: {
    Image: 'postgres:16',
    Env: ['POSTGRES_PASSWORD=a=b', 'EMPTY='],
    Labels: {
      'com.docker.compose.service': service,
      'com.docker.compose.config-hash': 'abc',
      'com.docker.compose.oneoff': 'False',
      ...labels,
    },
  },
  NetworkSettings: { Networks: { tc_z: {}, tc_a: {} } },
  ...more,
})

describe('containers', () => {
  test('are those of the project, sorted, without one-off ones', async () => {
    const all = [
      inspected('postgres_db'),
      inspected('api', { State: { Status: 'exited', ExitCode: 3 } }),
      inspected('run', {}, { 'com.docker.compose.oneoff': 'True' }),
    ]
    const { stack, calls } = stackOf((_, args) =>
      args[0] === 'ps' ? { stdout: 'i1\ni2\ni3\n' } : { stdout: JSON.stringify(all) },
    )
    const found = await stack.containers()
    expect(calls.map(({ line }) => line)).toEqual([
      'docker ps --all --quiet --no-trunc --filter label=com.docker.compose.project=tc',
      'docker inspect --type container i1 i2 i3',
    ])
    expect(found.map(({ service }) => service)).toEqual(['api', 'postgres_db'])
    expect(found[0]).toMatchObject({ state: 'exited', exitCode: 3, health: 'none' })
    expect(found[1]).toEqual({
      id: 'id-postgres_db',
      name: 'postgres_db',
      service: 'postgres_db',
      project: '',
      oneOff: false,
      configFiles: [],
      environmentFile: undefined,
      workingDirectory: '',
      image: 'postgres:16',
      imageId: 'sha256:aa',
      state: 'running',
      health: 'starting',
      exitCode: 0,
      restarts: 2,
      configHash: 'abc',
      environment: new Map([
        ['POSTGRES_PASSWORD', 'a=b'],
        ['EMPTY', ''],
      ]),
      networks: ['tc_a', 'tc_z'],
    })
  })

  test('are asked for again when one went in between', async () => {
    let gone = false
    const { stack } = stackOf((_, args) => {
      if (args[0] === 'ps') return { stdout: gone ? '' : 'i1\n' }
      gone = true
      return { exitCode: 1, stdout: '[]', stderr: 'Error: No such container: i1\n' }
    })
    expect(await stack.containers()).toEqual([])
  })

  test.each<[string, Script, string]>([
    ['no Docker', () => 'missing', 'Docker is not installed here'],
    ['no daemon', () => ({ exitCode: 1, stderr: 'Cannot connect' }), 'Cannot connect'],
    ['no end', () => ({ exitCode: undefined, timedOut: true }), 'no end within 30 s'],
    ['nonsense', (_, [verb]) => ({ stdout: verb === 'ps' ? 'i1\n' : '{' }), 'an unknown way'],
  ])('with %s are a failure', async (_, script, message) => {
    const thrown = await failure(stackOf(script).stack.containers())
    expect(thrown.kind).toBe('surroundings')
    expect(thrown.message).toContain(message)
  })
})

describe('config hashes', () => {
  test('come from the files and from variables of the environment', async () => {
    const { stack, calls, directory, options } = stackOf(() => ({
      stdout: `api ${hash('a')}\nredis ${hash('b')}\n`,
    }))
    const hashes = await stack.configHashes({ REDIS_PASSWORD: 'old-secret' })
    expect(hashes).toEqual(
      new Map([
        ['api', hash('a')],
        ['redis', hash('b')],
      ]),
    )
    expect(calls).toHaveLength(1)
    expect(calls[0]?.line).toBe(
      `docker compose ${options} --file ${directory}/docker-compose.yml config --hash *`,
    )
    expect(calls[0]?.options).toMatchObject({
      cwd: directory,
      env: { REDIS_PASSWORD: 'old-secret', COMPOSE_FILE: undefined, COMPOSE_PROFILES: undefined },
    })
  })

  test('read another env file where the target names one', async () => {
    const { stack, calls, directory } = stackOf(() => ({}), { envPath: 'production.env' })
    await stack.configHashes()
    expect(calls[0]?.line).toContain(`--env-file ${directory}/production.env --file`)
  })

  test('are not bent by a shell: .env counts, but for what it asks the shell for', async () => {
    const env = 'PASSWORD=a\nASKS=${ASKS:-b}\nBARE\nPATH=/nowhere\nDOCKER_HOST=c\n'
    const { stack, calls } = stackOf(() => ({}), { env })
    await stack.configHashes()
    const given = calls[0]?.options.env ?? {}
    expect('PASSWORD' in given).toBe(true)
    expect(given.PASSWORD).toBeUndefined()
    for (const name of ['ASKS', 'BARE', 'PATH', 'DOCKER_HOST']) expect(name in given).toBe(false)
  })

  test.each([
    'services: { a: { env_file: a.env } }',
    'services: { a: { network_mode: "service:b" } }',
    'services:\n  a:\n    pid: service:b\n',
    'include: [more.yml]',
  ])('take the resolved model for %j', async (compose) => {
    const { stack, calls } = stackOf(() => ({ stdout: '{"services":{}}' }), { compose })
    await failure(stack.configHashes())
    expect(calls.map(({ line }) => line.endsWith('config --format json'))).toEqual([true, false])
  })

  test('are those of the resolved model where up resolves more than config --hash', async () => {
    const compose =
      'services:\n  a: { env_file: a.env }\n  b: { network_mode: "service:a" }\n  c: { pid: a }\n'
    const model = {
      name: 'tc',
      services: {
        a: { environment: { SECRET: 'x$$y' } },
        b: { network_mode: 'service:a' },
        c: { pid: 'a' },
      },
    }
    const { stack, calls, options } = stackOf(
      (_, args) => {
        if (args[0] === 'ps') return { stdout: 'i1\n' }
        if (args[0] === 'inspect') return { stdout: JSON.stringify([inspected('a')]) }
        if (args.includes('json')) return { stdout: JSON.stringify(model) }
        return { stdout: `a ${hash('a')}\n` }
      },
      { compose },
    )
    expect(await stack.configHashes()).toEqual(new Map([['a', hash('a')]]))
    expect(calls.at(-1)?.line).toBe(`docker compose ${options} --file - config --hash *`)
    expect(JSON.parse(calls.at(-1)?.options.stdin ?? '')).toEqual({
      ...model,
      services: { ...model.services, b: { network_mode: 'container:id-a' } },
    })
  })

  test('that cannot be read are a failure', async () => {
    const { stack } = stackOf(() => ({ stdout: 'api: none\n' }))
    expect((await failure(stack.configHashes())).message).toContain('unknown way')
  })
})

describe('up', () => {
  test.each([
    ['start', undefined, '--detach'],
    ['create', undefined, '--no-start'],
    ['create', 'anew', '--no-start --force-recreate'],
  ] as const)('to %s %s names the services and neither builds nor pulls', async (how, which, option) => {
    const { stack, calls, directory, options } = stackOf(() => ({}))
    await stack.up(['api', 'ui'], how, which)
    expect(calls[0]?.line).toBe(
      `docker compose ${options} --file ${directory}/docker-compose.yml up ${option} --no-deps --no-build --pull never api ui`,
    )
    expect(calls[0]?.options.env).toMatchObject({ COMPOSE_REMOVE_ORPHANS: 'false' })
    expect(calls[0]?.options.timeoutMs).toBe(420_000)
  })

  test('of nothing is nothing: without names Compose would take all', async () => {
    const { stack, calls } = stackOf(() => ({}))
    await stack.up([], 'start')
    await stack.restart([])
    expect(calls).toEqual([])
  })

  test('that fails says why, without the warnings', async () => {
    const stderr = [
      'time="2026-11-23T20:13:39Z" level=warning msg="Found orphan containers"',
      'Error response from daemon: no such image: redis:9',
      'Error response from daemon: no such image: redis:9',
      '',
    ].join('\n')
    const { stack } = stackOf(() => ({ exitCode: 1, stderr }))
    expect((await failure(stack.up(['redis'], 'start'))).message).toBe(
      'docker compose up fails for redis: Error response from daemon: no such image: redis:9',
    )
  })
})

test('a restart touches the named services alone, and makes nothing anew', async () => {
  const { stack, calls, directory, options } = stackOf(() => ({}))
  await stack.restart(['caddy'])
  expect(calls[0]?.line).toBe(
    `docker compose ${options} --file ${directory}/docker-compose.yml restart --no-deps caddy`,
  )
})

describe('a program in a container', () => {
  const options = { env: { PGPASSWORD: 'top-secret' }, stdin: 'select 1', timeoutMs: 5 }

  test('gets names of variables as arguments, values in the environment', async () => {
    const { stack, calls } = stackOf(() => ({ exitCode: 2, stdout: 'out' }))
    const result = await stack.exec(container('db'), ['psql', '-U', 'me'], options)
    expect(result).toMatchObject({ exitCode: 2, stdout: 'out' })
    expect(calls).toEqual([
      { line: 'docker exec --interactive --env PGPASSWORD id-of-db psql -U me', options },
    ])
  })

  test('beside it runs in the same image, on its first network', async () => {
    const { stack, calls } = stackOf(() => ({}))
    await stack.runBeside(container('db', { networks: ['a', 'b'] }), ['psql', '-l'], options)
    expect(calls[0]?.line).toBe(
      'docker run --rm --interactive --pull=never --network a --env PGPASSWORD --entrypoint psql sha256:db -l',
    )
    const alone = container('db', { networks: [] })
    expect((await failure(stack.runBeside(alone, ['psql']))).message).toContain('no network')
  })

  test.each([
    'Error response from daemon: Container 1 is paused, unpause the container before exec',
    'docker: Error response from daemon: network a not found.',
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.',
  ])('that Docker cannot start is a failure: %s', async (stderr) => {
    const { stack } = stackOf(() => ({ exitCode: 1, stderr }))
    const thrown = await failure(stack.exec(container('db'), ['psql']))
    expect(thrown.message).toContain('Docker cannot ask the container tracecat-db-1')
  })

  test('that takes too long is no failure', async () => {
    const { stack } = stackOf(() => ({ exitCode: undefined, timedOut: true }))
    expect(await stack.exec(container('db'), ['psql'])).toMatchObject({ timedOut: true })
  })
})

test('a log is both streams', async () => {
  const { stack, calls } = stackOf(() => ({ stdout: 'one\n', stderr: 'two\n' }))
  expect(await stack.logs(container('api'), 7)).toBe('one\ntwo\n')
  expect(calls[0]?.line).toBe('docker logs --tail 7 id-of-api')
})

test('the ids of images are those of this host', async () => {
  const { world } = stackOf((_, args) => {
    if (args.at(-1) === 'redis:7') return { stdout: 'sha256:aa\n' }
    return { exitCode: 1, stderr: 'Error: No such image: gone:1' }
  })
  expect(await localImageIds(world, ['redis:7', 'gone:1'])).toEqual(
    new Map([
      ['redis:7', 'sha256:aa'],
      ['gone:1', undefined],
    ]),
  )
})

test.each([
  [{ exitCode: 1, stderr: 'time="x" level=warning msg="y"\nCannot connect\n' }, 'Cannot connect'],
  [{ exitCode: undefined, timedOut: true }, 'no end within 15 s'],
])('an image that Docker says nothing of is a failure, not one that is as it was', async (result, why) => {
  const { world } = stackOf(() => result)
  const thrown = await failure(localImageIds(world, ['redis:7']))
  expect(thrown.message).toBe(`Docker does not say which image is called redis:7: ${why}`)
})
