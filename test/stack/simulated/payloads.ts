import { parseKeyring } from '../../../src/secrets/keyring.ts'
import type { HostState, SimulatedContainer } from './state.ts'

/**
 * Every service with a keyring encrypts with its current key, at any time: whoever else runs then must be
 * able to read that, and the key must never be lost.
 */
export function watchPayloads(state: HostState): void {
  const holders = state.containers.flatMap((container) => {
    const ring = container.state === 'running' ? ringOf(container) : undefined
    return ring === undefined ? [] : [{ service: container.service, ...ring }]
  })
  for (const { service, current } of holders) {
    if (!state.payloadKeys.includes(current)) state.payloadKeys.push(current)
    for (const other of holders) {
      if (other.keys.includes(current)) continue
      const what = `${other.service} cannot read payloads of ${service}`
      if (!state.violations.includes(what)) state.violations.push(what)
    }
  }
}

function ringOf({
  environment,
}: SimulatedContainer): { current: string; keys: readonly string[] } | undefined {
  return environment.TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED === 'true'
    ? keysOf(environment.TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING ?? '')
    : undefined
}

/** The keys of a keyring as `id value`; undefined where Tracecat would refuse it. */
export function keysOf(text: string): { current: string; keys: readonly string[] } | undefined {
  const ring = parseKeyring(text)
  if (ring === undefined) return undefined
  const named = (id: string) => `${id} ${ring.keys.get(id)?.reveal() ?? ''}`
  return { current: named(ring.current), keys: [...ring.keys.keys()].map(named) }
}
