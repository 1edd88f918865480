import type { MakeSteps } from '../apply/step.ts'
import type { Container, Fact } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { targetOf } from '../live/compose-command.ts'
import { dockerStack } from '../live/docker-stack.ts'
import type { Stack } from '../live/stack.ts'
import type { Masker } from '../secrets/masker.ts'
import { dockerClient, ownContainers } from '../surroundings/docker.ts'
import { type ReadInstall, readInstall } from '../surroundings/read-install.ts'
import type { World } from '../world/world.ts'
import { learnValues } from './learn.ts'
import type { StackAndFiles } from './made-in-part.ts'
import { startServers, stoppedServices } from './stopped.ts'
import type { Transition } from './transition.ts'
import { transitionSteps } from './transition-steps.ts'

export interface RotationWorld {
  readonly world: World
  readonly masker: Masker
  /** Absolute. */
  readonly directory: string
  /** Told of services that do not come up though all credentials are in order. */
  readonly unwell: (failure: Failure) => void
  /** Containers of this host as the run saw them, while it only looks; undefined: Docker is asked. */
  readonly seen?: Fact<readonly Container[]>
}

/** Makes the steps of a plan from its files, for the first run and for one after a crash alike. */
export function stepsFromFiles(where: RotationWorld): MakeSteps {
  return async ({ before, after, stopped }) => {
    const transition = await transitionBetween(where, before, after, stopped)
    if (stopped !== undefined) {
      await startServers(transition, () => stackOnDisk(where, transition.stack.project))
    }
    return transitionSteps(transition)
  }
}

/**
 * @param stopped services that somebody had stopped before this began; undefined: it begins now
 * @throws Failure('surroundings') where Docker does not answer, or the stack has no container
 */
export async function transitionBetween(
  { world, masker, directory, unwell, seen }: RotationWorld,
  before: ReadonlyMap<string, string | undefined>,
  after: ReadonlyMap<string, string | undefined>,
  stopped?: readonly string[],
): Promise<Transition> {
  const all = seen ?? (await dockerClient(world).containers())
  if (!all.known) throw new Failure('surroundings', `${all.why}.`)
  const own = ownContainers(all, directory)
  const old = await readInstall(world, directory, own, before)
  const next = await readInstall(world, directory, own, after)
  for (const { install } of [old, next]) learnValues(masker, install.values)
  const project = own.known ? own.value.find((one) => one.project !== '')?.project : undefined
  const containers = seen === undefined ? undefined : all.value
  const stack = stackOf(world, next, project, containers)
  // As they are now: what the steps ask later is another matter.
  const present = await stackOf(world, old, project, all.value).containers()
  return {
    world,
    before: old.install,
    after: next.install,
    stack,
    oldStack: stackOf(world, old, project, containers),
    stopped: new Set(stopped ?? stoppedServices(present, old.install)),
    unwell,
  }
}

async function stackOnDisk(
  { world, directory }: RotationWorld,
  project: string,
): Promise<StackAndFiles> {
  const own = ownContainers(await dockerClient(world).containers(), directory)
  const read = await readInstall(world, directory, own)
  return { stack: stackOf(world, read, project), install: read.install }
}

/**
 * @param project as the containers' labels say, where there are any
 * @param seen containers of this host, for a stack that is only looked at
 */
export function stackOf(
  world: World,
  read: Pick<ReadInstall, 'install' | 'names'>,
  project: string | undefined,
  seen?: readonly Container[],
): Stack {
  return dockerStack(world, targetOf(read, project), seen)
}
