import type { LiveSteps } from '../apply/step.ts'
import { databaseSteps } from './database.ts'
import { minioSteps } from './minio.ts'
import { recreateSteps } from './recreate.ts'
import { redisSteps } from './redis.ts'
import type { Transition } from './transition.ts'

/**
 * The steps that bring servers, files and containers from one set of files to another, whatever differs
 * between them: a rotated password, a backup put back, a stack hardened while it runs. Made from the
 * files alone, so that a run after a crash makes the same ones.
 */
export function transitionSteps(transition: Transition): LiveSteps {
  const servers = [
    ...databaseSteps(transition),
    ...redisSteps(transition),
    ...minioSteps(transition),
  ]
  const last = servers.flatMap((one) => one.last ?? [])
  return {
    before: servers.flatMap((one) => one.before),
    after: recreateSteps(
      transition,
      last,
      servers.flatMap((one) => one.after),
    ),
    stopped: [...transition.stopped],
  }
}
