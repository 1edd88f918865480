import type { Container } from '../controls/facts.ts'
import type { Install } from '../install/install.ts'
import { bundledLogin } from '../servers/server.ts'
import { serversWithLogin } from '../servers/servers.ts'
import { madeInPart, type StackAndFiles } from './made-in-part.ts'
import type { Transition } from './transition.ts'

/**
 * Services that somebody stopped. One that runs, died of a fault, or does its work once and ended is none of
 * them. A container that was made and never started counts as stopped: so it is left by a rotation in which
 * its service was stopped.
 */
export function stoppedServices(
  containers: readonly Container[],
  install: Install,
): readonly string[] {
  const isStopped = ({ service, state, exitCode }: Container) => {
    if (state !== 'exited' && state !== 'dead') return state === 'created' || state === 'removing'
    const restart = install.compose?.model.services.get(service)?.restart ?? 'no'
    return restart !== 'no' && !(restart.startsWith('on-failure') && exitCode !== 0)
  }
  const others = new Set(containers.filter((one) => !isStopped(one)).map(({ service }) => service))
  const stopped = containers.map(({ service }) => service).filter((one) => !others.has(one))
  return [...new Set(stopped)].sort()
}

/**
 * Starts the servers that an interrupted run made anew and did not come to start: without them nothing can
 * be asked, and nothing goes on or back.
 * @param onDisk the stack, with the files as they lie on disk now, be they the old or the new ones
 * @throws Failure('surroundings') where one does not start
 */
export async function startServers(
  { stack, before, after, stopped }: Transition,
  onDisk: () => Promise<StackAndFiles>,
): Promise<void> {
  const servers = new Set(
    [before, after]
      .flatMap((install) => serversWithLogin.map((server) => bundledLogin(install, server)))
      .flatMap((login) => login?.service ?? []),
  )
  const containers = await stack.containers()
  const waiting = [...servers].filter((service) => {
    const states = containers.filter((one) => one.service === service).map(({ state }) => state)
    const runs = states.some((state) => state !== 'created' && state !== 'exited')
    return states.includes('created') && !runs && !stopped.has(service)
  })
  if (waiting.length === 0) return
  const now = await onDisk()
  const partial = await madeInPart(now)
  await now.stack.up(
    waiting.filter((service) => partial.includes(service)),
    'create',
    'anew',
  )
  await now.stack.up(waiting, 'start')
}
