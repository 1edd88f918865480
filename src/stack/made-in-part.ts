import type { Container } from '../controls/facts.ts'
import { fieldOf } from '../install/compose/field.ts'
import type { ComposeModel, Service } from '../install/compose/model.ts'
import type { Install } from '../install/install.ts'
import type { Stack } from '../live/stack.ts'

/** A stack, and the files that it is to agree with. */
export interface StackAndFiles {
  readonly stack: Stack
  readonly install: Pick<Install, 'compose'>
}

/**
 * Services with a container that is not on every network which the files give it. Docker before 25 takes a
 * container's first network when it makes it, and Compose joins the others after that: killed between the two,
 * it leaves a container that `up` starts as it is, without them. Only of one that runs it sees that they are
 * missing, so such a container has to be made anew (measured with Compose 2.40, Docker 20.10).
 * @throws Failure('surroundings') where Docker does not answer
 */
export async function madeInPart({ stack, install }: StackAndFiles): Promise<readonly string[]> {
  return lackingNetworks(await stack.containers(), install, stack.project)
}

/**
 * The pure part.
 * @param project as the containers' labels say: it names the networks, whatever the files would be called
 */
export function lackingNetworks(
  containers: readonly Container[],
  { compose }: Pick<Install, 'compose'>,
  project: string,
): readonly string[] {
  if (compose === undefined) return []
  const { model } = compose
  const found = containers.filter(({ service: name, networks }) => {
    const service = model.services.get(name)
    const wanted = service === undefined ? [] : networksOf(model, service, project)
    return wanted.some((network) => !networks.includes(network))
  })
  return [...new Set(found.map(({ service }) => service))]
}

/** Docker's names of them; a service with a `network_mode` joins none of the stack's. */
function networksOf(model: ComposeModel, service: Service, project: string): readonly string[] {
  if (service.networkMode !== undefined) return []
  return service.networks.map((key) => {
    const name = fieldOf(model.networks.get(key), 'name')
    const isOwn = typeof name === 'string' && name !== `${model.projectName}_${key}`
    return isOwn ? name : `${project}_${key}`
  })
}
