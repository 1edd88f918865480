import type { LiveSteps } from '../apply/step.ts'
import { serversWithLogin } from '../servers/servers.ts'
import { liveServers } from './live-servers.ts'
import { recreateSteps } from './recreate.ts'
import { loginChange, type Transition } from './transition.ts'

/**
 * The steps that bring servers, files and containers from one set of files to another, whatever differs
 * between them: a rotated password, a backup put back, a stack hardened while it runs. Made from the
 * files alone, so that a run after a crash makes the same ones.
 */
export function transitionSteps(transition: Transition): LiveSteps {
  const { before, after, stopped } = transition
  const steps = serversWithLogin.flatMap((server) => {
    const change = loginChange(before, after, server)
    return change === undefined ? [] : liveServers[server.id].steps(transition, change)
  })
  return {
    before: steps.flatMap((one) => one.before),
    after: recreateSteps(
      transition,
      steps.flatMap((one) => one.last ?? []),
      steps.flatMap((one) => one.after),
    ),
    stopped: [...stopped],
  }
}
