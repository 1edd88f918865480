import type { Container, Fact } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { fieldOf } from '../install/compose/field.ts'
import type { Service } from '../install/compose/model.ts'
import type { Install } from '../install/install.ts'
import { type PendingChange, pendingChanges } from '../live/drift.ts'
import { localImageIds } from '../live/images.ts'
import type { Stack } from '../live/stack.ts'
import { catalogue } from '../secrets/catalogue.ts'
import { serversWithLogin } from '../servers/servers.ts'
import { ownContainers } from '../surroundings/docker.ts'
import type { World } from '../world/world.ts'
import { refuseLeftBehind } from './left-behind.ts'
import { liveServers } from './live-servers.ts'
import { staysBehind } from './reach.ts'
import { passwordsOfDatabases } from './recreate.ts'
import { changedSecrets } from './restored-secrets.ts'
import { changes, loginChange, type Transition } from './transition.ts'

/**
 * Changes that wait in the files and are not ours: recreating a container would ship them.
 * @throws Failure('surroundings') that lists them
 */
export async function refuseDrift(world: World, stack: Stack, install: Install): Promise<void> {
  const services = [...(install.compose?.model.services.values() ?? [])]
  const inFiles = new Map(
    services.flatMap(({ name, image }) => (image === undefined ? [] : [[name, image] as const])),
  )
  const used = (await stack.containers()).map(({ image }) => image)
  const images = { inFiles, ids: await localImageIds(world, used) }
  const pending = await pendingChanges(stack, passwordsOfDatabases(), images)
  const foreign = [
    ...pending.filter(({ kind, explained }) => kind === 'changed' && !explained),
    ...(await otherCounts(stack, install)),
  ]
  if (foreign.length === 0) return
  // With another password in the files than in a server, bringing them in would lock services out.
  await refuseForeignPasswords(stack, install)
  throw new Failure(
    'surroundings',
    `The files say more than the running containers know: ${foreign.map(inWords).join('; ')}`,
    {
      remedy: `Recreating them would bring that in unasked. Bring it in first, ${stack.command} up -d, or take it out of the files; then run again. Nothing was changed.`,
    },
  )
}

/** `up --scale` is in no file: a recreate would end what it added. */
async function otherCounts(
  stack: Stack,
  { compose }: Install,
): Promise<readonly { readonly service: string; readonly what: string }[]> {
  const counts = new Map<string, number>()
  for (const { service } of await stack.containers()) {
    counts.set(service, (counts.get(service) ?? 0) + 1)
  }
  return [...counts].flatMap(([name, count]) => {
    const service = compose?.model.services.get(name)
    const wanted = service === undefined ? count : replicasOf(service)
    return count === wanted
      ? []
      : [{ service: name, what: `${count} containers, ${wanted} in the files: deploy.replicas` }]
  })
}

function replicasOf({ raw: { deploy, scale } }: Service): number {
  return Number(fieldOf(deploy, 'replicas') ?? scale ?? 1)
}

/**
 * Two folders with one project name, a copy of an install perhaps: what runs is the other one's, and Compose
 * would take its containers over.
 * @throws Failure('surroundings') that names the folder
 */
export function refuseOtherFolder(
  all: Fact<readonly Container[]>,
  stack: Pick<Stack, 'project'>,
  { directory }: Install,
): void {
  const own = ownContainers(all, directory)
  if (!all.known || !own.known) return
  const others = all.value.filter(
    (one) => one.project === stack.project && !own.value.includes(one),
  )
  const [first] = others
  if (first === undefined) return
  const services = [...new Set(others.map(({ service }) => service))].sort()
  throw new Failure(
    'surroundings',
    `Containers of the project ${stack.project} were made from another folder, ${first.workingDirectory}: ${services.join(', ')}`,
    {
      remedy:
        'Run there, with --dir. Or give this folder a project name of its own: COMPOSE_PROJECT_NAME in its .env. Nothing was changed.',
    },
  )
}

function inWords({ service, what }: Pick<PendingChange, 'service' | 'what'>): string {
  return `${service} (${what})`
}

/**
 * Do the servers that change have what the files say, before they do? A password that somebody changed by
 * hand is found here, and not by locking services out.
 * @throws Failure('surroundings') with what differs, and how to mend it
 */
export async function refuseDisagreement(transition: Transition): Promise<void> {
  const { stack, oldStack, before, after } = transition
  // Those of the new files may not be on disk yet.
  await refuseLeftBehind(oldStack, before, changedSecrets(before.values, after.values))
  const [behind] = staysBehind(before, after)
  if (behind !== undefined) {
    throw new Failure(
      'surroundings',
      `${behind} has a password of its own in the Compose files, and would be locked out`,
      { remedy: 'Let it refer to the variable of .env, then run again. Nothing was changed.' },
    )
  }
  for (const server of serversWithLogin) {
    const change = loginChange(before, after, server)
    if (change === undefined || !changes(change)) continue
    await liveServers[server.id].refuseOther(stack, before, change)
  }
}

/**
 * The same for every server that runs and keeps a password of its own, whatever is about to change: with a
 * foreign password in the files, bringing them in would lock services out, so no advice may come before this.
 * @throws Failure('surroundings') with what differs, and how to mend it
 */
export async function refuseForeignPasswords(stack: Stack, install: Install): Promise<void> {
  const running = new Set(
    (await stack.containers()).filter(({ state }) => state === 'running').map((one) => one.service),
  )
  for (const server of serversWithLogin) {
    const change = loginChange(install, install, server)
    if (change === undefined || !running.has(change.before.service)) continue
    if (catalogue[server.secret].keptBy !== 'data') continue
    await liveServers[server.id].refuseOther(stack, install, change)
  }
}
