import { Failure } from '../failure.ts'
import { catalogue, type SecretId, variablesOf } from '../secrets/catalogue.ts'
import type { SeenStack } from '../stack/see-stack.ts'

/** Compose lets the shell beat `.env`: containers started from it would get what the shell has. */
export function refuseShell({ around }: Pick<SeenStack, 'around'>, ids: readonly SecretId[]): void {
  const names = ids.flatMap((id) => [...variablesOf(id), catalogue[id].uri?.variable ?? []].flat())
  for (const name of names) {
    if (around.facts.shell.get(name) === undefined) continue
    throw new Failure('surroundings', `${name} is set in this shell and would beat the file.`, {
      remedy: `unset ${name}, then run again. Nothing was changed.`,
    })
  }
}
