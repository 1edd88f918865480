import { appendFileSync, mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lookAtInstall } from '../../src/stack/see-stack.ts'
import type { ProcessOptions } from '../../src/world/process.ts'
import { realFiles } from '../../src/world/real-files.ts'
import { stockFolder } from '../commands/installs.ts'
import { engine } from '../product/docker.ts'
import { fakeWorld, type Script } from '../world/fake.ts'

/** Docker runs, and has nothing of any stack. */
const emptyDocker: Script = (program) => (program === 'docker' ? { stdout: '' } : 'missing')

describe('a bind-mounted data folder', () => {
  const override = 'services:\n  postgres_db:\n    volumes: ["./pg:/var/lib/postgresql/data"]\n'

  test('that nobody but its server may list counts as holding data', async () => {
    const folder = stockFolder({ 'docker-compose.override.yml': override })
    mkdirSync(join(folder, 'pg'))
    const files = realFiles()
    const list = async (path: string) => {
      if (path === join(folder, 'pg'))
        throw Object.assign(new Error('permission denied'), { code: 'EACCES' })
      return await files.list(path)
    }
    const world = fakeWorld({ processes: emptyDocker, files: { ...files, list } })
    const { facts } = await lookAtInstall(world, folder)
    expect(facts.data).toMatchObject({
      state: 'exists',
      certain: true,
      evidence: [`the data folder ${join(folder, 'pg')}`],
    })
  })
})

test('a Redis that the files do not let append is asked in its own project, with its own password', async () => {
  const folder = stockFolder({
    'docker-compose.override.yml': 'services:\n  redis:\n    command: redis-server --save 60 1\n',
  })
  appendFileSync(join(folder, '.env'), '\nREDIS_URL=redis://:100%-of-it@redis:6379\n')
  const asked: { readonly line: string; readonly env: ProcessOptions['env'] }[] = []
  const host = engine({
    directory: folder,
    project: 'ours',
    containers: [{ service: 'redis' }],
    appendOnly: 'yes',
  })
  const processes: Script = (program, args, options) => {
    if (args.includes('exec')) asked.push({ line: args.join(' '), env: options.env })
    return host(program, args, options)
  }
  const { facts } = await lookAtInstall(fakeWorld({ processes }), folder)
  expect(facts.redisAppends).toEqual({ known: true, value: true })
  expect(asked).toHaveLength(1)
  expect(asked[0]?.line).toMatch(/^compose --project-name ours .* exec -T -e REDISCLI_AUTH redis /)
  expect(asked[0]?.env).toMatchObject({ REDISCLI_AUTH: '100%-of-it', COMPOSE_FILE: undefined })
})
