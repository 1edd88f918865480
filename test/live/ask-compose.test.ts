import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unknown } from '../../src/controls/facts.ts'
import { askCompose } from '../../src/live/ask-compose.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { readInstall } from '../../src/surroundings/read-install.ts'
import type { ProcessOptions } from '../../src/world/process.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'

// `.env` says what containers get. What it says of programs of the host is not for Compose itself.

const steering = [
  'LD_PRELOAD',
  'LD_LIBRARY_PATH',
  'PATH',
  'HOME',
  'DOCKER_HOST',
  'DOCKER_CONFIG',
  'COMPOSE_FILE',
  'COMPOSE_BAKE',
  'GIT_SSH_COMMAND',
  'GODEBUG',
  'BUILDX_CONFIG',
  'XDG_CONFIG_HOME',
]

test('Compose gets the variables that its files refer to, and none that steers a program', async () => {
  const folder = temporaryFolder()
  const refer = steering.map((name) => `      ${name}: $\{${name}-}`).join('\n')
  const compose = `services:\n  api:\n    image: "a:$\{TAG}"\n    environment:\n${refer}\n`
  writeFileSync(join(folder, 'docker-compose.yml'), compose)
  writeFileSync(join(folder, 'docker-compose.override.yml'), 'services: { api: { user: $WHO } }\n')
  const lines = ['TAG=1', 'WHO=me', 'UNUSED=x', ...steering.map((name) => `${name}=trap`)]
  const env = lines.filter((line) => !line.startsWith('COMPOSE_FILE')).join('\n')
  writeFileSync(join(folder, '.env'), `${env}\n`)
  const asked: ProcessOptions[] = []
  const world = fakeWorld({
    processes: (_program, _args, options) => {
      asked.push(options)
      return {}
    },
  })
  const { install } = await readInstall(world, folder, unknown('not asked'))
  await askCompose(world, new Masker(), install, install)
  expect(asked.map((options) => options.as)).toEqual(['owner'])
  const given = { ...asked[0]?.env }
  expect(given).toMatchObject({ TAG: '1', WHO: 'me' })
  expect(given).toMatchObject({ COMPOSE_EXPERIMENTAL_GIT_REMOTE: 'false' })
  expect(given).not.toHaveProperty('UNUSED')
  expect(Object.values(given)).not.toContain('trap')
})
