import type { Container } from '../controls/facts.ts'
import type { Stack } from './stack.ts'

/** A service whose container is not what the files say. */
export interface PendingChange {
  readonly service: string
  readonly kind: 'changed' | 'no-container' | 'no-service'
  /** What differs, for people: `image postgres:16 -> postgres:17`, `its configuration`. */
  readonly what: string
  /** Only because variables of ours have another value in the container than in `.env`. */
  readonly explained: boolean
  /** What a recreate would replace; undefined where it would replace nothing. */
  readonly container?: Container
}

/** What the files and this host say of images; what is left out is not looked at. */
export interface ImageFacts {
  /** The image of each service, as the files name it. */
  readonly inFiles?: ReadonlyMap<string, string>
  /** What the images' names stand for on this host: their ids, undefined where no image has the name. */
  readonly ids?: ReadonlyMap<string, string | undefined>
}

/** What a container's configuration would be, were it made now. */
interface Observed {
  readonly containers: readonly Container[]
  /** `config-hash` by service, as the files are. */
  readonly hashes: ReadonlyMap<string, string>
  /** The same by container, with our variables as the container has them. */
  readonly withOurs: ReadonlyMap<string, ReadonlyMap<string, string>>
  readonly images: ImageFacts
}

/**
 * Where the containers are not what the files say, sorted by service: what recreating them would bring in.
 * @param ours variables of `.env` that may differ on purpose, and what each is called in a container's environment:
 *   a database whose password was changed while it ran is not made anew, and still has the old one
 * @throws Failure where Docker or Compose does not answer
 */
export async function pendingChanges(
  stack: Stack,
  ours: ReadonlyMap<string, string>,
  images: ImageFacts = {},
): Promise<readonly PendingChange[]> {
  const containers = await stack.containers()
  const hashes = await stack.configHashes()
  const withOurs = new Map<string, ReadonlyMap<string, string>>()
  const asked = new Map<string, ReadonlyMap<string, string>>()
  for (const container of containers) {
    const hash = hashes.get(container.service)
    if (hash === undefined || hash === container.configHash) continue
    const variables = asInContainer(ours, container)
    if (Object.keys(variables).length === 0) continue
    const key = JSON.stringify(variables)
    const answer = asked.get(key) ?? (await stack.configHashes(variables))
    asked.set(key, answer)
    withOurs.set(container.id, answer)
  }
  return compareStack({ containers, hashes, withOurs, images })
}

/** The pure part: what differs between containers and files. */
export function compareStack(observed: Observed): readonly PendingChange[] {
  const { containers, hashes } = observed
  const present = new Set(containers.map(({ service }) => service))
  const missing = [...hashes.keys()]
    .filter((service) => !present.has(service))
    .map((service) => ({
      service,
      kind: 'no-container' as const,
      what: 'it has no container',
      explained: false,
    }))
  const found = new Map<string, PendingChange>()
  for (const one of [
    ...containers.flatMap((each) => compareContainer(each, observed)),
    ...missing,
  ]) {
    // Of several containers of a service, the one that nothing explains counts.
    if (found.get(one.service)?.explained !== false) found.set(one.service, one)
  }
  return [...found.values()].sort((a, b) => (a.service < b.service ? -1 : 1))
}

function compareContainer(
  container: Container,
  { hashes, withOurs, images }: Observed,
): readonly PendingChange[] {
  const { service, image, imageId, configHash } = container
  const hash = hashes.get(service)
  if (hash === undefined) {
    const what = `the files do not start it; its container is ${container.name}`
    return [{ service, kind: 'no-service', what, explained: false }]
  }
  const changed = (what: string, explained: boolean) => [
    { service, kind: 'changed' as const, what, explained, container },
  ]
  const inFile = images.inFiles?.get(service) ?? image
  if (hash !== configHash && inFile !== image) return changed(`image ${image} -> ${inFile}`, false)
  if (images.ids?.has(image) === true) {
    const id = images.ids.get(image)
    if (id === undefined) return changed(`no image is called ${image} any more`, false)
    if (id !== imageId) return changed(`another image is called ${image} now`, false)
  }
  if (hash === configHash) return []
  return changed('its configuration', withOurs.get(container.id)?.get(service) === configHash)
}

/** Our variables, with the values that this container was made with. */
function asInContainer(
  ours: ReadonlyMap<string, string>,
  { environment }: Container,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...ours].flatMap(([name, inContainer]) => {
      const value = environment.get(inContainer)
      return value === undefined ? [] : [[name, value] as const]
    }),
  )
}
