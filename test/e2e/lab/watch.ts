import type { Result } from './lab.ts'
import { question } from './question.ts'
import type { Counts } from './stand-in/counts.ts'
import type { Sessions } from './stand-in/sessions.ts'

/** How a client from outside of the stack fared. */
export interface Watched {
  /** Of its new connections, ten times a second at each server, each with a write and a read. */
  readonly counts: Counts
  /** Of the sessions that it opened at its start and held open: `postgres`, `redis`. */
  readonly sessions: Sessions
}

/** A client that is not part of the stack, and outlives every service of it. */
export interface Watch {
  soFar(): Promise<Watched>
  /** Ends it; how it fared until then. To be done before the stack goes down. */
  stop(): Promise<Watched>
}

export interface Watching {
  docker(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Result>
  /** Of a stand-in. */
  readonly image: string
  /** What a service of the stack has in its environment, with the credentials. */
  readonly environment: Readonly<Record<string, string>>
  readonly networks: readonly string[]
}

let started = 0

/** Starts the client on all networks of the stack, and waits until its sessions are open. */
export async function startWatch(watching: Watching): Promise<Watch> {
  const { image, environment, networks } = watching
  const docker = async (args: readonly string[]) => {
    const { exitCode, stdout, stderr } = await watching.docker(args, environment)
    if (exitCode !== 0) throw new Error(`${args.slice(0, 2).join(' ')}: ${stderr}`)
    return stdout
  }
  started += 1
  const name = `lab-watch-${started}`
  const [first = 'bridge', ...others] = networks
  // Names without values: they come from the environment of the docker command.
  const names = Object.keys(environment).map((variable) => `--env=${variable}`)
  const command = ['node', image, '/opt/stand-in/main.mjs', 'watch']
  await docker([
    'create',
    `--name=${name}`,
    `--network=${first}`,
    ...names,
    '--entrypoint',
    ...command,
  ])
  for (const network of others) await docker(['network', 'connect', network, name])
  await docker(['start', name])

  const ask = async (path: string): Promise<unknown> =>
    JSON.parse(await docker(['exec', name, ...question(path)]))
  const soFar = async (): Promise<Watched> => ({
    counts: (await ask('/')) as Counts,
    sessions: (await ask('/sessions')) as Sessions,
  })
  const stop = async (): Promise<Watched> => {
    const watched = await soFar()
    await docker(['rm', '--force', name])
    return watched
  }
  for (const end = Date.now() + 20_000; ; ) {
    const { sessions } = await soFar()
    const closed = Object.entries(sessions).filter(([, session]) => !session.open)
    if (closed.length === 0) return { soFar, stop }
    if (Date.now() > end) {
      await docker(['rm', '--force', name])
      throw new Error(`the watch cannot open its sessions: ${JSON.stringify(closed)}`)
    }
  }
}
