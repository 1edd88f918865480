import { describe, expect, test } from 'vitest'
import { type Container, known } from '../../src/controls/facts.ts'
import { dockerClient, ownContainers } from '../../src/surroundings/docker.ts'
import { container as containerOf } from '../live/container.ts'
import { fakeWorld } from '../world/fake.ts'

/** Asked for its containers, of which one goes away before each of the first `gone` looks ends. */
async function ask(gone: number, stderr = 'Error: No such container: c2\n') {
  let looks = 0
  const world = fakeWorld({
    processes: (_, args) => {
      if (args[0] === 'ps') return { stdout: 'c1\n' }
      looks += 1
      if (looks <= gone) return { exitCode: 1, stdout: '[]', stderr }
      const Labels = { 'com.docker.compose.service': 'api', 'com.docker.compose.project': 'x' }
      const State = { Status: 'running', ExitCode: 0 }
      const Config = { Image: 'api', Labels, Env: [] }
      const described = {
        Id: 'c1',
        Name: '/api',
        Image: 'sha256:0',
        RestartCount: 0,
        State,
        Config,
      }
      return { stdout: JSON.stringify([{ ...described, NetworkSettings: {} }]) }
    },
  })
  return { containers: await dockerClient(world).containers(), looks }
}

test('a container that goes while it is asked for is no reason to know nothing of the others', async () => {
  expect((await ask(2)).containers).toMatchObject({ known: true, value: [{ service: 'api' }] })
  expect((await ask(9)).containers).toMatchObject({ known: false })
})

test('what does not pass by itself is not asked for again', async () => {
  const asked = await ask(1, 'permission denied\n')
  expect(asked).toMatchObject({ containers: { known: false }, looks: 1 })
})

test.each(['', '{', '{}', 'null'])('%j in place of a list is not an empty one', async (stdout) => {
  const world = fakeWorld({
    processes: (_, args) => ({ stdout: args.includes('inspect') ? stdout : 'c1\n' }),
  })
  const docker = dockerClient(world)
  expect(await docker.containers()).toMatchObject({ known: false })
  expect(await docker.volumes()).toMatchObject({ known: false })
})

const container = (project: string, folder: string, service: string, running = true) =>
  containerOf(service, {
    project,
    workingDirectory: folder,
    configFiles: [`${folder}/docker-compose.yml`],
    state: running ? 'running' : 'exited',
  })

describe('of several projects that were started from one folder', () => {
  const folder = '/opt/tracecat'
  const stack = (project: string, running: boolean, services: readonly string[]) =>
    services.map((service) => container(project, folder, service, running))
  const own = (containers: readonly Container[]) => {
    const found = ownContainers(known(containers), folder)
    return found.known ? found.value.map(({ project }) => project) : undefined
  }

  test.each([
    'first',
    'last',
  ])('the one that runs counts, and no larger one that is stopped (%s)', (at) => {
    const copy = stack('copy', false, ['api', 'worker', 'redis', 'minio'])
    const running = stack('tracecat', true, ['api', 'worker'])
    const all = at === 'first' ? [...running, ...copy] : [...copy, ...running]
    expect(own(all)).toEqual(['tracecat', 'tracecat'])
  })

  test('where none runs, the one that has most of the services', () => {
    const copy = stack('copy', false, ['api'])
    expect(own([...copy, ...stack('tracecat', false, ['api', 'redis'])])).toEqual([
      'tracecat',
      'tracecat',
    ])
  })

  test('what has no service of Tracecat is none, however much of it runs', () => {
    expect(own(stack('monitoring', true, ['grafana', 'prometheus']))).toEqual([])
  })
})

describe('whose files stand in a folder below', () => {
  const stack = (project: string, folder: string) =>
    ['api', 'worker', 'redis'].map((service) => container(project, folder, service))
  const own = (containers: readonly Container[]) => {
    const found = ownContainers(known(containers), '/opt/tracecat')
    return found.known ? [...new Set(found.value.map(({ project }) => project))] : undefined
  }

  test('is the stack, where COMPOSE_FILE names that alone', () => {
    expect(own(stack('tracecat', '/opt/tracecat/deploy'))).toEqual(['tracecat'])
    expect(own(stack('other', '/opt/tracecat-2/deploy'))).toEqual([])
  })

  test('is not, beside one in the folder itself', () => {
    const containers = [
      ...stack('copy', '/opt/tracecat/copy'),
      container('tracecat', '/opt/tracecat', 'api'),
    ]
    expect(own(containers)).toEqual(['tracecat'])
  })
})

test('an engine that does not answer the first question is asked no other', async () => {
  const world = fakeWorld({ processes: () => ({ exitCode: undefined, timedOut: true }) })
  const docker = dockerClient(world)
  const silent = { known: false, why: 'Docker did not answer in time' }
  expect(await docker.version()).toEqual(silent)
  expect(await docker.containers()).toEqual(silent)
  expect(await docker.volumes()).toEqual(silent)
  expect(await docker.hasImage('x')).toEqual(silent)
  expect(world.started).toHaveLength(1)
})

test('while it is silent, somebody is told', async () => {
  let told: (() => void) | undefined
  const world = fakeWorld({
    processes: (_, __, { whenSlow }) => {
      told = whenSlow?.tell
      return { stdout: '27.0.0' }
    },
  })
  await dockerClient(world).version()
  expect(world.printed.err).toEqual([])
  told?.()
  expect(world.printed.err).toEqual(['Waiting for Docker to answer ...'])
})
