import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { lookAtInstall } from '../../src/commands/rotate-look.ts'
import { realFiles } from '../../src/world/real-files.ts'
import { fakeWorld, type Script } from '../world/fake.ts'
import { stockFolder } from './installs.ts'

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
