import { setTimeout as pause } from 'node:timers/promises'
import { lines, networks, type Run } from './services.ts'

/** How long an endpoint may take to go away by itself, and containers to end. */
const patienceMs = 10_000

/**
 * Removes a stack's containers, networks and volumes.
 *
 * Engine 20.10 may count an endpoint for ever whose container it removed while its restart policy was just
 * starting it again (seen once in about ten times, with ten containers in a restart loop on two busy
 * cores): the network "has active endpoints", none is listed, and only a new start of the daemon counts
 * again. So restarts are ended first; what is still attached is taken off; and the daemon is started anew
 * where even that does not help.
 */
export async function takeDown(docker: Run, restartEngine: () => Promise<void>): Promise<void> {
  await endRestarts(docker)
  let left = await remove(docker)
  for (const end = Date.now() + patienceMs; left && Date.now() < end; await pause(500)) {
    await detachAll(docker)
    left = await remove(docker)
  }
  if (!left) return
  await restartEngine()
  left = await remove(docker)
  if (left) throw new Error(left)
}

/** What stood in the way; undefined where all is gone. Compose leaves a network that others use, and is content. */
async function remove(docker: Run): Promise<string | undefined> {
  const { exitCode, stderr } = await docker(['compose', 'down', '--volumes', '--timeout', '3'])
  if (exitCode !== 0) return stderr
  const left = await networks(docker)
  return left.length === 0 ? undefined : `networks ${left.join(', ')} are still there: ${stderr}`
}

/**
 * Ends all containers, so that Docker starts none of them again; what was being started just then is ended
 * by the next try. Killing is enough, as their data go too.
 */
async function endRestarts(docker: Run): Promise<void> {
  for (const end = Date.now() + patienceMs; Date.now() < end; await pause(100)) {
    await docker(['compose', 'kill'])
    if (lines(await docker(['compose', 'ps', '--quiet'])).length === 0) return
  }
}

/** Takes off the stack's networks whatever is attached to them: foreign containers, and endpoints of removed ones. */
async function detachAll(docker: Run): Promise<void> {
  for (const network of await networks(docker)) {
    const { stdout } = await docker(['network', 'inspect', network])
    const [{ Containers = {} } = {}] = JSON.parse(stdout || '[]') as Network[]
    for (const { Name } of Object.values(Containers)) {
      await docker(['network', 'disconnect', '--force', network, Name])
    }
  }
}

interface Network {
  readonly Containers?: Readonly<Record<string, { readonly Name: string }>>
}
