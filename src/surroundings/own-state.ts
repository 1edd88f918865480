import { type PendingJournal, pendingJournal } from '../apply/recover.ts'
import type { Fact, KeyFact, PrivilegesFact } from '../controls/facts.ts'
import { type InstallFile, ownPaths } from '../install/install.ts'
import type { World } from '../world/world.ts'
import { readKeyFacts } from './fingerprints.ts'
import { parsePrivileges } from './privileges.ts'

/** What earlier runs of ours left in `.tracecat-harden`, as far as `audit` looks at it. */
export interface OwnState {
  readonly interrupted: PendingJournal | 'damaged' | undefined
  readonly privileges: PrivilegesFact | undefined
  readonly keys: Fact<readonly KeyFact[]>
}

/**
 * @param values of the install's variables
 * @throws Failure('badInput') for damaged privileges, Failure('surroundings') where the journal may not be read
 */
export async function readOwnState(
  world: World,
  directory: string,
  values: ReadonlyMap<string, string>,
  files: ReadonlyMap<string, InstallFile>,
): Promise<OwnState> {
  return {
    interrupted: await pendingJournal(world, directory),
    privileges: parsePrivileges(files.get(ownPaths.privileges)?.text),
    keys: await readKeyFacts(files.get(ownPaths.fingerprints)?.text, values),
  }
}
