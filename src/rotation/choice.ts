import type { Case } from '../controls/control.ts'
import type { History } from '../plan/history.ts'
import { catalogue, type SecretId, secretIds } from '../secrets/catalogue.ts'
import { renew } from './renew.ts'

/** What there is to say about one secret before anybody chooses. */
export interface SecretRow {
  readonly id: SecretId
  readonly title: string
  /** When it got its present value, where we gave it: ISO 8601, UTC. */
  readonly changed: string | undefined
  readonly does: string
  readonly breaks: string
  /** Why it cannot be rotated here; undefined where it can. */
  readonly refused: string | undefined
  /** It breaks addresses that people outside use. */
  readonly outside: boolean
}

/** Every secret that this install has, in the order in which they are rotated. */
export function secretRows(c: Case, history: History): readonly SecretRow[] {
  return secretIds.map((id) => {
    const { title, does, breaks, change } = catalogue[id]
    const renewal = renew(id, c)
    return {
      id,
      title,
      changed: history.get(id),
      does,
      breaks,
      refused: renewal.kind === 'refused' ? renewal.why : undefined,
      outside: change === 'outside',
    }
  })
}
