import type { Secret } from '../secrets/secret.ts'

/**
 * What this run decided for one secret variable.
 * `keep`: the value on disk stays. `make`: a new one is written. `recover`: the value was lost from the
 * file and found elsewhere (a running container, a backup). `leave`: it ought to change, but a server
 * holds it: `rotate` is what changes it.
 */
export type Decision =
  | { readonly kind: 'keep'; readonly value: Secret }
  | { readonly kind: 'make'; readonly value: Secret; readonly because: string }
  | { readonly kind: 'recover'; readonly value: Secret; readonly from: string }
  | { readonly kind: 'leave'; readonly because: string }

/** Secrets are chosen once, before any edit, so that `harden` stays pure. By the name of the variable. */
export type ChosenSecrets = ReadonlyMap<string, Decision>

/** The value that ends up in the file; undefined where what stands there is left alone. */
export function chosen(secrets: ChosenSecrets, name: string): Secret | undefined {
  const decision = secrets.get(name)
  return decision === undefined || decision.kind === 'leave' ? undefined : decision.value
}
