import type { SecretId } from '../secrets/catalogue.ts'
import { refuseDrift, refuseForeignPasswords, refuseOtherFolder } from '../stack/check.ts'
import { refuseLeftBehind } from '../stack/left-behind.ts'
import type { SeenStack } from '../stack/see-stack.ts'
import type { World } from '../world/world.ts'
import { refuseShell } from './refuse-shell.ts'

/** @throws Failure('surroundings') where new values would not reach everybody, or would bring in more than that */
export async function refuseUnready(
  world: World,
  seen: SeenStack,
  ids: readonly SecretId[],
): Promise<void> {
  refuseShell(seen, ids)
  const { stack } = seen
  if (stack === undefined) return
  const { install } = seen.case
  refuseOtherFolder(seen.around.containers, stack, install)
  await refuseForeignPasswords(stack, install)
  await refuseDrift(world, stack, install)
  await refuseLeftBehind(stack, install, ids)
}
