import { redisOf } from '../live/redis-login.ts'
import type { SecretId } from '../secrets/catalogue.ts'
import { databaseOf } from './database.ts'
import { minioCallers } from './minio.ts'
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
    if (id === 'postgres' || id === 'temporal-postgres')
      return databaseOf(c.install, id)?.service ?? []
    if (id === 'redis') return redisOf(c.install)?.service ?? []
    if (id !== 'minio') return []
    // Any service that talks to it can ask it for us.
    return ['minio', ...(minioCallers.some((name) => running.has(name)) ? [] : [minioCallers[0]])]
  })
  return [...new Set(needed)].filter((service) => !running.has(service))
}
