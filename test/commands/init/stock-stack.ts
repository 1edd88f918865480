import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { generateFernetKey } from '../../../src/secrets/generate.ts'
import { answers } from '../../product/answers.ts'
import { layOutExample, type Simulation, startStack } from '../../stack/simulated/install.ts'
import { changeState } from '../../stack/simulated/state.ts'
import { temporaryFolder } from '../../world/fake.ts'

/** The example with its default passwords, running with data; the answers are there. */
export function stockStack(): Simulation {
  const simulation = layOutExample(temporaryFolder())
  const path = join(simulation.directory, '.env')
  const key = generateFernetKey().reveal()
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace(/^(TRACECAT__DB_ENCRYPTION_KEY)=.*$/m, `$1=${key}`))
  startStack(simulation)
  changeState(simulation.state, (state) => {
    state.now = Date.now() + 3_600_000
  })
  writeFileSync(join(simulation.directory, 'tracecat-harden.yaml'), stringify(answers()))
  return simulation
}
