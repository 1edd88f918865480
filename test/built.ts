import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

/** The program as it is packed. Built once before a run's first end-to-end test (e2e/once-a-run.ts). */
export const cli = join(root, 'dist/cli.js')
