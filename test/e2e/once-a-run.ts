import { execa } from 'execa'
import { root } from '../built.ts'
import { abandonLabs, endLabs, ownerVariable } from './lab/lab.ts'

/** Set where `dist/` has been built already, and others are reading it (scripts/ci/). */
const builtVariable = 'TRACECAT_HARDEN_BUILT'

/**
 * Vitest's global set-up of the end-to-end tests: builds the program once for all files, and ends the engine
 * that the first file with a lab starts (lab/lab.ts) when the last one is through.
 */
export async function setup(): Promise<void> {
  if (process.env[builtVariable] !== '1') {
    await execa('npm', ['run', '--silent', 'build'], { cwd: root })
  }
  process.env[ownerVariable] = String(process.pid)
  process.once('exit', abandonLabs)
  for (const [signal, number] of [
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ] as const)
    process.once(signal, () => process.exit(128 + number))
}

export async function teardown(): Promise<void> {
  await endLabs()
  process.off('exit', abandonLabs)
}
