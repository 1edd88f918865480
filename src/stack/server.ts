import type { Container } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import type { Stack } from '../live/stack.ts'

/** The running container of a service. @throws Failure('surroundings') where none runs */
export async function runningContainer(stack: Stack, service: string): Promise<Container> {
  // Two where Compose was interrupted between making one anew and ending the old one.
  const own = (await stack.containers()).filter((one) => one.service === service)
  const running = own.find(({ state }) => state === 'running')
  if (running !== undefined) return running
  const [container] = own
  throw new Failure(
    'surroundings',
    container === undefined
      ? `${service} has no container`
      : `${service} does not run: its container is ${container.state}`,
    { remedy: towardsRunning(stack, [service], container?.state) },
  )
}

/** The command that brings services in this state to run; for those that come up again and again, that says why they end. */
export function towardsRunning(
  { command }: Stack,
  services: readonly string[],
  state: Container['state'] | undefined,
): string {
  const names = services.join(' ')
  // Docker starts no paused container.
  if (state === 'paused') return `${command} unpause ${names}`
  if (state === 'restarting') return `${command} logs --tail 20 ${names}`
  return `${command} up -d --no-deps ${names}`
}
