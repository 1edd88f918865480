import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll } from 'vitest'
import { textTemplates } from '../../../scripts/text-templates.mjs'
import { runNode } from '../../apply/program.ts'
import type { Ran } from './rotate.ts'

/** Where a run is killed: at its n-th effect, with a share of it done. */
export interface Point {
  readonly at: number
  readonly share: number
}

export interface ChildRan extends Pick<Ran, 'exitCode' | 'printed'> {
  readonly effects: readonly { readonly name: string; readonly divisible: boolean }[]
}

/** Runs `child.ts`; 'killed' where it was. */
export type RunChild = (args: readonly string[], kill?: Point) => Promise<ChildRan | 'killed'>

/** Bundles `child.ts` for the tests of a file: Node runs it without a loader, fast enough to kill it often. */
export function rotateProgram(): RunChild {
  let folder = ''
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'harden-child-'))
    await build({
      entryPoints: [join(import.meta.dirname, 'child.ts')],
      outfile: join(folder, 'child.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      define: { 'import.meta.dirname': '""' },
      plugins: [textTemplates],
      banner: {
        js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)",
      },
      logLevel: 'error',
    })
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  return async (args, kill) => {
    const env =
      kill === undefined ? {} : { KILL_AT: String(kill.at), KILL_SHARE: String(kill.share) }
    const child = await runNode([join(folder, 'child.mjs'), ...args], env)
    if (child.signal === 'SIGKILL') return 'killed'
    if (child.exitCode !== 0) throw new Error(child.stderr)
    return JSON.parse(child.stdout)
  }
}
