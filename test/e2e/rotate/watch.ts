import { writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Lab } from '../lab/lab.ts'

const source = fileURLToPath(new URL('watcher.ts', import.meta.url))

interface Phase {
  readonly ok: number
  readonly refused: number
  readonly unreachable: number
  /** Milliseconds of the epoch; 0 where none was refused. */
  readonly firstRefused: number
  readonly lastRefused: number
}

export interface Watched {
  /** With the password from before, and with the one from after. */
  readonly phases: { readonly '#old'?: Phase; readonly '#new'?: Phase }
  readonly acknowledged: number
  /** The longest time without a success that was not a refusal. */
  readonly longestGapMs: number
  /** Answers that the session that was kept open got, and how often it was ended. */
  readonly sessionWrites: number
  readonly sessionEnded: number
}

export interface Watch {
  /** From now on it connects as a service does that was recreated. */
  use(url: string): Promise<void>
  stop(): Promise<Watched>
}

/** Starts a client of a stack's server that does not belong to the stack. */
export async function startWatch(
  lab: Lab,
  server: 'postgres' | 'redis',
  container: string,
  url: string,
): Promise<Watch> {
  const networks = '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}'
  const [network = ''] = (await must(lab, ['inspect', '--format', networks, container])).split(' ')
  const created = ['create', '--network', network, '--entrypoint', 'node', 'redis:7-alpine']
  const id = await must(lab, [...created, '/tmp/watcher.mjs', server, '/tmp/url'])
  const give = async (text: string) => {
    const file = join(tmpdir(), `tracecat-watch-${id.slice(0, 12)}`)
    writeFileSync(file, text)
    await must(lab, ['cp', file, `${id}:/tmp/url`])
  }
  const program = join(tmpdir(), `tracecat-watcher-${id.slice(0, 12)}.mjs`)
  await build({
    entryPoints: [source],
    outfile: program,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
  })
  await must(lab, ['cp', program, `${id}:/tmp/watcher.mjs`])
  await give(`${url}#old`)
  await must(lab, ['start', id])
  return {
    use: (next) => give(`${next}#new`),
    async stop() {
      const { exitCode, stderr } = await lab.docker(['kill', '--signal', 'TERM', id])
      if (exitCode !== 0) {
        const said = await lab.docker(['logs', id])
        throw new Error(`The watcher ended by itself: ${stderr}${said.stdout}${said.stderr}`)
      }
      await must(lab, ['wait', id])
      const seen = await must(lab, ['logs', id])
      await must(lab, ['rm', '--force', id])
      return JSON.parse(seen) as Watched
    },
  }
}

async function must(lab: Lab, args: readonly string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await lab.docker(args)
  if (exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${stderr}`)
  return stdout.trim()
}
