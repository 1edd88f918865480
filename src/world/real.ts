import { resolve } from 'node:path'
import type { Masker } from '../secrets/masker.ts'
import { enterInstall } from './enter.ts'
import type { Owner } from './files.ts'
import { closeFolder } from './folder.ts'
import { realInterrupts } from './interrupts.ts'
import { load, nothingLoading } from './loading.ts'
import { realFiles } from './real-files.ts'
import { realNetwork } from './real-network.ts'
import { realProcesses } from './real-processes.ts'
import { realTerminal } from './real-terminal.ts'
import { scopedFiles } from './scope.ts'
import type { World } from './world.ts'

/** This machine. `masker` guards what becomes visible to others. */
export function realWorld(masker: Masker, options: { readonly noColor?: boolean } = {}): World {
  const env = { ...process.env }
  const caller = {
    uid: process.geteuid?.(),
    sudo: callingUser(env, process.geteuid?.()),
  }
  const world: World = {
    files: realFiles(),
    processes: realProcesses(masker),
    network: realNetwork(env),
    terminal: realTerminal(env, options.noColor ?? false),
    interrupts: realInterrupts(),
    // Loaded when asked for, and so a file of the build beside the threads' programs.
    async startThread<Request, Answer>(program: string) {
      const { realThread } = await load(() => import('./real-threads.ts'))
      return realThread<Request, Answer>(program)
    },
    env,
    platform: process.platform,
    owner: caller.sudo,
    processId: process.pid,
    now: () => new Date(),
    pause: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    // Loaded when asked for: node:tls takes a quarter of Node's own start.
    publicAuthorities: () => process.getBuiltinModule('node:tls').rootCertificates,
    async inside(directory, purpose, named, act) {
      // Windows has neither such users nor such links.
      if (process.platform === 'win32') return await act(world)
      const links = (env[linksVariable] ?? '').split(':').filter((path) => path !== '')
      const scope = enterInstall(
        caller,
        directory,
        purpose,
        [...links, ...named].map((path) => resolve(path)),
      )
      try {
        return await act({
          ...world,
          files: scopedFiles(scope, nothingLoading),
          processes: realProcesses(masker, scope.rights),
          owner: scope.rights,
        })
      } finally {
        closeFolder(scope.root)
      }
    },
  }
  return world
}

/** Where the admin names files that links of an install may lead to, as PATH names folders. */
const linksVariable = 'TRACECAT_HARDEN_LINKS'

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
