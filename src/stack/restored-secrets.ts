import { catalogue, type SecretId, secretIds, variablesOf } from '../secrets/catalogue.ts'
import { classify, type Quality } from '../secrets/classify.ts'

/** Secrets that have another value, or another user, in two states of `.env`. */
export function changedSecrets(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): readonly SecretId[] {
  return secretIds.filter((id) => {
    return variablesOf(id).some((name) => (before.get(name) ?? '') !== (after.get(name) ?? ''))
  })
}

/** What is wrong with a secret. */
export type Weakness = Exclude<Quality, 'good'>

/** Those that are no good secrets. */
export function weakSecrets(
  ids: readonly SecretId[],
  values: ReadonlyMap<string, string>,
): ReadonlyMap<SecretId, Weakness> {
  return new Map(
    ids.flatMap((id) => {
      const quality = classify(id, values.get(catalogue[id].variables[0] ?? ''))
      return quality === 'good' ? [] : [[id, quality] as const]
    }),
  )
}
