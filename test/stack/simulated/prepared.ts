import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { answers } from '../../product/answers.ts'
import { runInit } from '../../product/run.ts'
import { temporaryFolder } from '../../world/fake.ts'
import { copySimulation, layOutExample, type Simulation, startStack } from './install.ts'

/** The example, hardened by `init` and started: made once for a file of tests, and copied for each use. */
export function preparedStack(): () => Simulation {
  let prepared: Simulation | undefined
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'harden-test-'))
    prepared = layOutExample(folder)
    const given = answers({ payloadEncryption: true })
    const { exitCode, printed } = await runInit(prepared.directory, given, {
      options: { fresh: true },
    })
    if (exitCode !== 0) throw new Error(printed)
    startStack(prepared)
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return () => {
    if (prepared === undefined) throw new Error('Nothing is prepared before the tests run')
    return copySimulation(prepared, temporaryFolder())
  }
}
