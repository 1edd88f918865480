import * as z from 'zod/mini'
import type { Container } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { parseJson } from '../json.ts'
import type { World } from '../world/world.ts'
import { composeArguments, composeEnvironment, type StackTarget } from './compose-command.ts'
import { askDocker } from './docker-command.ts'
import { readInstallFiles } from './read-files.ts'

const timeoutMs = 30_000
const doing = 'Docker Compose does not read the files'

/** In what `config --hash` leaves as it is, and `up` resolves before it takes the hash. */
const resolvedByUp =
  /\b(?:env_file|label_file|include|extends)\b|\b(?:network_mode|ipc|pid)\b.*service:/

const namespaces = ['network_mode', 'ipc', 'pid'] as const

const modelSchema = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      network_mode: z.optional(z.string()),
      ipc: z.optional(z.string()),
      pid: z.optional(z.string()),
    }),
  ),
})

/**
 * By service, the hash that `up` would write into the label `config-hash` of a container made now.
 * `config --hash` gives it, but for services with an `env_file` or the namespace of another service, which `up`
 * resolves first (docker/compose#14001; measured with Compose 2.40): then the resolved model is hashed, which
 * gives the label's. `volumes_from` is not covered: such a service always seems to have changed.
 * @param variables win over `.env`
 * @param containers whose ids stand for the services that others share a namespace with
 * @throws Failure where Compose refuses the files
 */
export async function configHashes(
  world: World,
  target: StackTarget,
  variables: Readonly<Record<string, string>>,
  containers: () => Promise<readonly Container[]>,
): Promise<ReadonlyMap<string, string>> {
  const options = {
    cwd: target.directory,
    env: await composeEnvironment(world, target, variables),
    timeoutMs,
  }
  const compose = composeArguments(target)
  const files = await readInstallFiles(world, target.directory, target.files)
  if (![...files.values()].some(({ text }) => resolvedByUp.test(text))) {
    return readHashes(await askDocker(world, [...compose, 'config', '--hash', '*'], options, doing))
  }
  const model = await askDocker(world, [...compose, 'config', '--format', 'json'], options, doing)
  const stdin = JSON.stringify(await withContainers(model, containers))
  const args = [
    ...composeArguments({ ...target, files: [] }),
    '--file',
    '-',
    'config',
    '--hash',
    '*',
  ]
  return readHashes(await askDocker(world, args, { ...options, stdin }, doing))
}

/** The model, with the container's id where a service is named whose namespace another one shares. */
async function withContainers(
  json: string,
  containers: () => Promise<readonly Container[]>,
): Promise<z.infer<typeof modelSchema>> {
  const { services, ...rest } = readModel(json)
  const sharing = Object.values(services).some((one) =>
    namespaces.some((name) => one[name]?.startsWith('service:')),
  )
  if (!sharing) return { services, ...rest }
  const ids = new Map<string, string>()
  for (const { service, id } of await containers()) if (!ids.has(service)) ids.set(service, id)
  const resolved = Object.entries(services).map(([name, one]) => {
    const shared = namespaces.flatMap((key) => {
      const id = ids.get(/^service:(.+)$/.exec(one[key] ?? '')?.[1] ?? '')
      return id === undefined ? [] : [[key, `container:${id}`]]
    })
    return [name, { ...one, ...Object.fromEntries(shared) }] as const
  })
  return { ...rest, services: Object.fromEntries(resolved) }
}

function readModel(json: string): z.infer<typeof modelSchema> {
  const parsed = z.safeParse(modelSchema, parseJson(json))
  if (parsed.success) return parsed.data
  throw new Failure('surroundings', 'Docker Compose describes the services in an unknown way')
}

function readHashes(output: string): ReadonlyMap<string, string> {
  const lines = output.split('\n').filter((line) => line !== '')
  return new Map(
    lines.map((line) => {
      const [service, hash] = line.split(' ')
      if (service === undefined || hash === undefined || !/^[0-9a-f]{64}$/.test(hash))
        throw new Failure('surroundings', 'Docker Compose prints its hashes in an unknown way')
      return [service, hash] as const
    }),
  )
}
