import type { SecretId } from '../secrets/catalogue.ts'
import { bundledLogin } from '../servers/server.ts'
import { serverOf } from '../servers/servers.ts'
import { liveServers } from './live-servers.ts'
import type { SeenStack } from './see-stack.ts'

/** Services that have to run for these secrets, and do not. */
export async function serversNeeded(
  { stack, case: c }: Pick<SeenStack, 'stack' | 'case'>,
  ids: readonly SecretId[],
): Promise<readonly string[]> {
  if (stack === undefined) return []
  const running = new Set(
    (await stack.containers()).filter(({ state }) => state === 'running').map((one) => one.service),
  )
  const needed = ids.flatMap((id) => {
    const server = serverOf(id)
    const login = server && bundledLogin(c.install, server)
    if (server === undefined || login === undefined) return []
    return [login.service, ...(liveServers[server.id].needs?.(running) ?? [])]
  })
  return [...new Set(needed)].filter((service) => !running.has(service))
}
