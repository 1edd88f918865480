import type { Container, DataFact, Fact } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { dataMounts } from '../servers/server.ts'
import { everyServer } from '../servers/servers.ts'
import { errorCode } from '../world/system-error.ts'
import type { World } from '../world/world.ts'
import { judgeData } from './data.ts'
import type { VolumeFact } from './docker.ts'
import type { ReadInstall } from './read-install.ts'

/** Was this stack ever started, by what Docker and the folders that are mounted as data say? */
export async function dataHere(
  world: World,
  read: ReadInstall,
  dockerInstalled: boolean,
  containers: Fact<readonly Container[]>,
  volumes: Fact<readonly VolumeFact[]>,
): Promise<DataFact> {
  const { install } = read
  const declared: string[] = []
  const folders: string[] = []
  for (const mount of everyServer.flatMap((server) => dataMounts(install, server))) {
    if (mount.source === undefined) continue
    if (mount.type === 'bind') {
      if (await mayHoldData(world, mount.source)) folders.push(mount.source)
    } else declared.push(mount.source)
  }
  return judgeData({
    dockerInstalled,
    hasEnv: install.env !== undefined,
    containers,
    volumes,
    declared,
    folders,
    project: install.compose?.model.projectName,
  })
}

/** One that the system does not list may be full: PostgreSQL's is its own user's alone. */
async function mayHoldData(world: World, folder: string): Promise<boolean> {
  try {
    return (await world.files.list(folder)).length > 0
  } catch (error) {
    if (errorCode(error) === undefined && !(error instanceof Failure)) throw error
    return true
  }
}

/** Only a statement, or proof, lets credentials of volumes be replaced; proof of data beats the statement. */
export function isFresh(stated: boolean, read: ReadInstall, data: DataFact): boolean {
  if (stated) {
    if (data.state !== 'exists' || !data.certain) return true
    throw new Failure(
      'surroundings',
      `--fresh says that this stack was never started, but there is ${data.evidence.slice(0, 3).join(', ')}.`,
      {
        remedy:
          'Run without --fresh: what its servers hold is kept. If the data may go: docker compose down --volumes first.',
      },
    )
  }
  return read.install.env === undefined && data.state === 'none'
}
