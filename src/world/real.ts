import type { Masker } from '../secrets/masker.ts'
import type { Owner } from './files.ts'
import { realInterrupts } from './interrupts.ts'
import { realFiles } from './real-files.ts'
import { realNetwork } from './real-network.ts'
import { realProcesses } from './real-processes.ts'
import { realTerminal } from './real-terminal.ts'
import type { World } from './world.ts'

/** This machine. `masker` guards what becomes visible to others. */
export function realWorld(masker: Masker, options: { readonly noColor?: boolean } = {}): World {
  const env = { ...process.env }
  return {
    files: realFiles(),
    processes: realProcesses(masker),
    network: realNetwork(env),
    terminal: realTerminal(env, options.noColor ?? false),
    interrupts: realInterrupts(),
    // Loaded when asked for, and so a file of the build beside the threads' programs.
    async startThread<Request, Answer>(program: string) {
      const { realThread } = await import('./real-threads.ts')
      return realThread<Request, Answer>(program)
    },
    env,
    platform: process.platform,
    owner: callingUser(env, process.geteuid?.()),
    processId: process.pid,
    now: () => new Date(),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    // Loaded when asked for: node:tls takes a quarter of Node's own start.
    publicAuthorities: () => process.getBuiltinModule('node:tls').rootCertificates,
  }
}

/** The user who called sudo, where we are root; undefined where new files are ours anyway. */
export function callingUser(
  env: Readonly<Record<string, string | undefined>>,
  effectiveUser: number | undefined,
): Owner | undefined {
  const uid = identifier(env.SUDO_UID)
  const gid = identifier(env.SUDO_GID)
  if (effectiveUser !== 0 || uid === undefined || gid === undefined) return undefined
  return { uid, gid }
}

function identifier(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,10}$/.test(text) ? Number(text) : undefined
}
