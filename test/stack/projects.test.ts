import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { rotateSimulated } from '../commands/rotates.ts'
import { agreement } from './simulated/agreement.ts'
import type { Simulation } from './simulated/install.ts'
import { preparedStack } from './simulated/prepared.ts'
import { changeState, containerOf, loadState, type SimulatedContainer } from './simulated/state.ts'

const stack = preparedStack()

/** The container that Docker lists first: nothing of the stack is newer. */
function addNewest(
  simulation: Simulation,
  service: string,
  change: (container: SimulatedContainer) => Partial<SimulatedContainer>,
): string {
  const id = 'f'.repeat(64)
  changeState(simulation.state, (state) => {
    const made = containerOf(state, service)
    state.containers.push({ ...made, id, ...change(made) })
  })
  return id
}

/** Nothing is left with an old secret, and what was added is as it was. */
async function expectRotated(simulation: Simulation, added: string): Promise<void> {
  const container = () => loadState(simulation.state).containers.find(({ id }) => id === added)
  const before = container()
  const ran = await rotateSimulated(simulation, { names: ['service-key'] })
  expect([ran.exitCode, ran.err.trim()]).toEqual([0, ''])
  expect(container()).toEqual(before)
  changeState(simulation.state, (state) => {
    state.containers = state.containers.filter(({ id }) => id !== added)
  })
  expect(agreement(loadState(simulation.state))).toEqual([])
}

describe('the stack is found beside', () => {
  test.each([
    ['a project in a folder below', 'monitoring', 'monitoring/docker-compose.yml'],
    ['a project with other files of the same folder', '', 'monitoring.yml'],
  ])('%s', async (_, folder, file) => {
    const simulation = stack()
    const { directory } = simulation
    mkdirSync(join(directory, folder), { recursive: true })
    writeFileSync(join(directory, file), 'services:\n  grafana:\n    image: grafana/grafana:11\n')
    const added = addNewest(simulation, 'ui', () => ({
      service: 'grafana',
      environment: {},
      elsewhere: {
        project: 'monitoring',
        directory: join(directory, folder),
        files: [join(directory, file)],
      },
    }))
    await expectRotated(simulation, added)
  })

  test('a container of the same files under another project name', async () => {
    const simulation = stack()
    const { directory } = simulation
    const files = ['docker-compose.yml', 'docker-compose.override.yml']
    const added = addNewest(simulation, 'api', () => ({
      state: 'exited',
      elsewhere: { project: 'debug', directory, files: files.map((one) => join(directory, one)) },
    }))
    await expectRotated(simulation, added)
  })

  test('a container of its own that was made by hand from other files', async () => {
    const simulation = stack()
    const { directory } = simulation
    writeFileSync(join(directory, 'debug.yml'), 'services: { ui: { environment: { DEBUG: 1 } } }\n')
    changeState(simulation.state, (state) => {
      const files = ['docker-compose.yml', 'debug.yml'].map((file) => join(directory, file))
      state.containers.push({
        ...containerOf(state, 'ui'),
        elsewhere: { project: 'tracecat', directory, files },
      })
      state.containers.splice(state.containers.indexOf(containerOf(state, 'ui')), 1)
    })
    const ran = await rotateSimulated(simulation, { names: ['service-key'] })
    expect([ran.exitCode, ran.err.trim()]).toEqual([0, ''])
    expect(agreement(loadState(simulation.state))).toEqual([])
  })
})

test('a command to paste names what Compose does not find by itself', async () => {
  const simulation = stack()
  const { directory } = simulation
  writeFileSync(join(directory, 'more.yml'), 'services: { ui: { environment: { MORE: 1 } } }\n')
  const files = ['docker-compose.yml', 'docker-compose.override.yml', 'more.yml']
  changeState(simulation.state, (state) => {
    for (const container of state.containers) {
      const paths = files.map((file) => join(directory, file))
      container.elsewhere = { project: 'prod', directory, files: paths }
      if (container.service === 'redis') container.state = 'exited'
      if (container.service === 'minio') container.state = 'paused'
    }
  })
  const options = '-p prod -f docker-compose.yml -f docker-compose.override.yml -f more.yml'
  const said = async () => {
    const ran = await rotateSimulated(simulation, { names: ['redis', 'minio'] })
    expect(ran.exitCode).toBe(3)
    return ran.err
  }
  expect(await said()).toContain(`docker compose ${options} up -d, or take it out`)
  writeFileSync(join(directory, 'more.yml'), 'services: {}\n')
  const needs = await said()
  expect(needs).toContain(`docker compose ${options} unpause minio\n`)
  expect(needs).toContain(`docker compose ${options} up -d --no-deps redis\n`)
})
