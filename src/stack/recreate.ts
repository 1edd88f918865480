import type { Step } from '../apply/step.ts'
import type { Container } from '../controls/facts.ts'
import { attemptLater, Failure } from '../failure.ts'
import { ownPaths } from '../install/install.ts'
import { type PendingChange, pendingChanges } from '../live/drift.ts'
import type { Stack } from '../live/stack.ts'
import { waitUntilWell } from '../live/wait.ts'
import { catalogue, keptInData } from '../secrets/catalogue.ts'
import { Masked } from '../secrets/masked.ts'
import { bundledLogin } from '../servers/server.ts'
import { serverOf, serversWithLogin } from '../servers/servers.ts'
import { madeInPart, type StackAndFiles } from './made-in-part.ts'
import type { Transition } from './transition.ts'

/** `mcp` gives up for good after three failures: what it needs has to be there first (docs/tracecat.md#services-and-images). */
const afterTheOthers = 'mcp'

/**
 * Recreates every container whose configuration the new files change, and waits until all are well.
 * @param last services that stay as they are until the others have moved
 */
export function recreateSteps(
  transition: Transition,
  last: readonly string[],
  serverSteps: readonly Step[],
): readonly Step[] {
  const { stack } = transition
  return [
    recreate(
      transition,
      'recreate',
      'Recreate the services that this changes',
      (service) => !last.includes(service),
    ),
    ...last.map((service) =>
      recreate(
        transition,
        `recreate-${service}`,
        `Recreate ${service}, so that a restart keeps it`,
        (name) => name === service,
      ),
    ),
    ...caddySteps(transition),
    ...serverSteps,
    {
      id: 'well',
      label: Masked.trusted('Wait until every service is well'),
      slow: true,
      state: async () => 'unknown',
      async run() {
        const containers = await stack.containers()
        const once = worksOnce(transition)
        const hasEnded = (one: Container) =>
          one.state === 'exited' && one.exitCode === 0 && !once.includes(one.service)
        const isPaused = ({ state }: Container) => state === 'paused'
        const services = containers
          .filter((one) => !transition.stopped.has(one.service) && !hasEnded(one) && !isPaused(one))
          .map(({ service }) => service)
        try {
          await waitUntilWell(transition.world, stack, services, { once })
        } catch (error) {
          if (!(error instanceof Failure)) throw error
          transition.unwell(error)
        }
        for (const { service } of containers.filter(isPaused))
          transition.unwell(pausedFor(stack, service))
      },
    },
  ]
}

/** Nothing here pauses a container, and nothing but a person lets it go on: no reason to wait. */
function pausedFor({ command }: Stack, service: string): Failure {
  return new Failure('surroundings', `The service ${service} is paused`, {
    remedy: `${command} unpause ${service}`,
  })
}

/**
 * Services whose container was made from other settings. A database whose password alone changed is left
 * out: its container has it for an empty volume only, and a restart would end every open session.
 */
async function outdated({ before, after }: Transition, stack: Stack): Promise<readonly string[]> {
  const pending = await pendingChanges(stack, passwordsOfDatabases())
  const changed = serversWithLogin
    .filter(({ secret }) => keptInData.includes(secret))
    .flatMap((server) => bundledLogin(after, server) ?? bundledLogin(before, server) ?? [])
    .map(({ service }) => service)
  return pending
    .filter((one) => !(one.explained && changed.includes(one.service)))
    .filter(hasContainer)
    .map(({ service }) => service)
}

/** Somebody pulled the plug on Compose between making a container and starting it. */
async function notStarted({ stopped }: Transition, stack: Stack): Promise<readonly string[]> {
  return (await stack.containers())
    .filter(({ service, state }) => state === 'created' && !stopped.has(service))
    .map(({ service }) => service)
}

/** The variable of `.env` that a database's container was given under another name. */
export function passwordsOfDatabases(): ReadonlyMap<string, string> {
  return new Map(
    keptInData.flatMap((id) => {
      const { service } = serverOf(id) ?? {}
      const copy = catalogue[id].copies.find((one) => one.service === service && one.of === 'value')
      return copy === undefined ? [] : [[catalogue[id].variables[0], copy.name] as const]
    }),
  )
}

function hasContainer({ container }: PendingChange): boolean {
  return container !== undefined
}

function recreate(
  transition: Transition,
  id: string,
  label: string,
  isMine: (service: string) => boolean,
): Step {
  const files = {
    before: { stack: transition.oldStack, install: transition.before },
    after: { stack: transition.stack, install: transition.after },
  }
  const changed = async (stack: Stack) => (await outdated(transition, stack)).filter(isMine)
  const unstarted = async (stack: Stack) => (await notStarted(transition, stack)).filter(isMine)
  const partial = async (target: StackAndFiles) => (await madeInPart(target)).filter(isMine)
  const wanted = async (target: StackAndFiles) => {
    const containers = await target.stack.containers()
    const stack = { ...target.stack, containers: async () => containers }
    const found = [
      ...(await changed(stack)),
      ...(await unstarted(stack)),
      ...(await partial({ ...target, stack })),
    ]
    return [...new Set(found)]
  }
  // The files that count lie on disk, and so does their list: on the way back an override may be gone, or back.
  const runWith = async (target: StackAndFiles) => {
    const { stack } = target
    const services = await wanted(target)
    // Started as they are, they would run without what they cannot reach: where Docker makes no new ones, it ends here.
    await stack.up(await partial(target), 'create', 'anew')
    const stopped = services.filter((service) => transition.stopped.has(service))
    const running = services.filter((service) => !transition.stopped.has(service))
    const isLast = (service: string) => service === afterTheOthers
    const failures = [
      ...(await tryUp(stack, stopped, 'create')),
      ...(await tryUp(
        stack,
        running.filter((service) => !isLast(service)),
        'start',
      )),
      ...(await tryUp(stack, running.filter(isLast), 'start')),
    ]
    const [first] = failures
    const left = await changed(stack)
    if (left.length > 0) {
      throw first ?? new Failure('surroundings', `Not recreated: ${left.join(', ')}`)
    }
    if (first === undefined) return
    // One that was made anew and does not start must not keep the others from it: Compose stops at the first.
    for (const service of await unstarted(stack)) {
      await tryUp(stack, [service], 'start')
    }
    for (const failure of failures) transition.unwell(failure)
  }
  return {
    id,
    label: Masked.trusted(label),
    slow: true,
    state: async () => ((await wanted(files.after)).length === 0 ? 'after' : 'before'),
    run: () => runWith(files.after),
    undo: () => runWith(files.before),
  }
}

/** What Docker says where it fails. */
async function tryUp(
  stack: Stack,
  services: readonly string[],
  how: 'start' | 'create',
): Promise<readonly Failure[]> {
  const failed = await attemptLater(
    () => stack.up(services, how),
    (failure) => failure,
  )
  return failed instanceof Failure ? [failed] : []
}

/** Services that others wait for to end, such as `migrations`. */
function worksOnce({ after }: Transition): readonly string[] {
  const services = [...(after.compose?.model.services.values() ?? [])]
  return services.flatMap(({ dependsOn }) =>
    [...dependsOn]
      .filter(([, { condition }]) => condition === 'service_completed_successfully')
      .map(([name]) => name),
  )
}

/** A file that is mounted alone is seen by its inode: Caddy reads a new one after a restart (measured). */
function caddySteps({ stack, oldStack, before, after }: Transition): readonly Step[] {
  const textIn = (install: Transition['before']) => install.files.get(ownPaths.caddyfile)?.text
  if (textIn(before) === textIn(after)) return []
  return [
    {
      id: 'caddy',
      label: Masked.trusted('Let Caddy read its new file'),
      state: async () => 'unknown',
      run: () => restartRunning(stack),
      undo: () => restartRunning(oldStack),
    },
  ]
}

/** What somebody stopped stays stopped: it reads its file when it is started. */
async function restartRunning(stack: Stack): Promise<void> {
  const isRunning = (await stack.containers()).some(
    ({ service, state }) => service === 'caddy' && (state === 'running' || state === 'restarting'),
  )
  if (isRunning) await stack.restart(['caddy'])
}
