import type { Container, DataFact, Fact } from '../controls/facts.ts'
import { everyServer } from '../servers/servers.ts'
import type { VolumeFact } from './docker.ts'

/** The volumes' names in Tracecat's Compose files. */
const dataVolumes = everyServer.flatMap(({ data }) => data?.volume ?? [])

export interface DataEvidence {
  /** Is the docker program there at all? */
  readonly dockerInstalled: boolean
  readonly hasEnv: boolean
  readonly containers: Fact<readonly Container[]>
  readonly volumes: Fact<readonly VolumeFact[]>
  /** Names of this stack's data volumes as its Compose file declares them, besides the usual ones. */
  readonly declared: readonly string[]
  /** Folders on the host that are mounted as data and are not empty. */
  readonly folders: readonly string[]
  /** The project's name, as Compose would find it. */
  readonly project: string | undefined
}

/**
 * Was this stack ever started? Absence of a file proves nothing: another `--env-file`, project name or
 * data folder looks the same. Only Docker's answer does, or a folder without `.env` where no Docker is.
 */
export function judgeData(evidence: DataEvidence): DataFact {
  const volumes = evidence.volumes.known
    ? evidence.volumes.value.filter((one) => isData(one, evidence.declared))
    : []
  const containers = evidence.containers.known ? evidence.containers.value : []
  const found = [
    ...containers.map((one) => `the container of service ${one.service}`),
    ...volumes.map((one) => `the volume ${one.name}`),
    ...evidence.folders.map((folder) => `the data folder ${folder}`),
  ]
  if (found.length > 0) {
    const certain =
      containers.length > 0 ||
      evidence.folders.length > 0 ||
      volumes.some(
        (one) => one.project === evidence.project || evidence.declared.includes(one.name),
      )
    return { state: 'exists', evidence: found, certain }
  }
  if (evidence.containers.known && evidence.volumes.known)
    return { state: 'none', why: 'Docker has no container and no volume of this stack' }
  if (!evidence.dockerInstalled && !evidence.hasEnv)
    return { state: 'none', why: 'there is neither an .env nor Docker here' }
  const why = evidence.containers.known ? evidence.volumes : evidence.containers
  return { state: 'unknown', why: why.known ? '' : why.why }
}

function isData(volume: VolumeFact, declared: readonly string[]): boolean {
  return (
    dataVolumes.includes(volume.volume) ||
    declared.includes(volume.volume) ||
    declared.includes(volume.name)
  )
}
