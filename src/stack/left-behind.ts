import type { Container } from '../controls/facts.ts'
import { isUp } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import { serviceAt } from '../install/service-at.ts'
import type { Stack } from '../live/stack.ts'
import { catalogue, type SecretId } from '../secrets/catalogue.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import { loginsIn } from '../servers/logins.ts'
import { demandOf } from './reach.ts'

/**
 * A container that runs though the files do not start its service, since its profile is not enabled or they no
 * longer have it, is not recreated with the others: it would keep a secret that no longer counts, unseen.
 * @param ids of the secrets that change
 * @throws Failure('surroundings') that names the first such container
 */
export async function refuseLeftBehind(
  stack: Stack,
  install: Install,
  ids: readonly SecretId[],
): Promise<void> {
  const started = await stack.configHashes()
  const left = (await stack.containers()).find(
    (one) => isUp(one) && !started.has(one.service) && ids.some((id) => holds(one, install, id)),
  )
  if (left === undefined) return
  const { name, service } = left
  const model = install.compose?.model
  // A profile of this shell enables it for the model, and not for who starts the stack next.
  const isInactive =
    model?.services.has(service) === true || model?.inactiveServices.includes(service) === true
  throw new Failure(
    'surroundings',
    `The container ${name} has a secret that would change, and would keep the old one: ${
      isInactive
        ? `the profile of ${service} is not enabled in the files`
        : `the files have no service ${service}`
    }`,
    {
      remedy: `${
        isInactive
          ? `Enable it for good, COMPOSE_PROFILES in ${install.envPath}`
          : 'Put the service back into the files'
      }: then it is recreated with the others. Or stop it, docker stop ${name}. Then run again. Nothing was changed.`,
    },
  )
}

/** Under its own name, in a login to its server, or, where no other text could be it, anywhere. */
function holds({ environment }: Container, install: Install, id: SecretId): boolean {
  const texts = [...environment.values()]
  const isHeld = catalogue[id].variables.some((name) => {
    const old = install.values.get(name) ?? ''
    if (old === '') return false
    const isUnmistakable = old.length >= 8 && !isWellKnown(old)
    return (
      environment.get(name) === old || (isUnmistakable && texts.some((text) => text.includes(old)))
    )
  })
  const demand = demandOf(install, id)
  if (isHeld || demand === undefined) return isHeld
  const { service, user, password } = demand
  return loginsIn({ environment }).some(
    ([, login]) =>
      serviceAt(install, login.host) === service &&
      (user === undefined || login.user === user) &&
      login.password === (password?.reveal() ?? ''),
  )
}
