import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { changeEnv, exampleInstall, removeInstalls } from './lab/installs.ts'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'

const obstacle = whyNoLab()
const made = 'a1b2c3d4e5f60718293a4b5c6d7e8f90'

// docs/passwords-by-hand.md, in the order that it gives.
describe.skipIf(obstacle)(`by hand${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let lab: Lab
  const dir = exampleInstall()

  beforeAll(async () => {
    lab = await startLab()
    await lab.up(dir)
  })
  afterAll(async () => {
    await lab?.down(dir)
    await lab?.stop()
    removeInstalls()
  })

  test('server, file, services: every service works with the new passwords', async () => {
    for (const [service, role] of [
      ['postgres_db', 'postgres'],
      ['temporal_postgres_db', 'temporal'],
    ] as const) {
      const psql = ['compose', 'exec', '-T', service, 'psql', '-U', role, '-d', 'postgres']
      const input = `\\password ${role}\n${made}\n${made}\n`
      const { exitCode, stderr } = await execa('docker', psql, {
        cwd: dir,
        env: lab.env,
        input,
        reject: false,
      })
      expect(exitCode, stderr).toBe(0)
    }
    changeEnv(dir, {
      TRACECAT__POSTGRES_PASSWORD: made,
      TEMPORAL__POSTGRES_PASSWORD: made,
      MINIO_ROOT_USER: 'someoneelse',
      MINIO_ROOT_PASSWORD: made,
    })
    await lab.up(dir)
    expect(await lab.unwell(dir)).toEqual([])
    if (lab.real) return
    const { postgres, storage } = await lab.counts(dir, 'executor')
    for (const count of [postgres, storage]) {
      expect(count).toMatchObject({ refused: 0 })
      expect(count?.ok).toBeGreaterThan(0)
    }
  })
})
