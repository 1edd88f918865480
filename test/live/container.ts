import type { StackContainer } from '../../src/live/stack.ts'

/** A container that runs and was made from the configuration `hash-of-<service>`. */
export function container(service: string, parts: Partial<StackContainer> = {}): StackContainer {
  return {
    id: `id-of-${service}`,
    name: `tracecat-${service}-1`,
    service,
    image: `${service}:1`,
    imageId: `sha256:${service}`,
    state: 'running',
    health: 'none',
    exitCode: 0,
    restarts: 0,
    configHash: `hash-of-${service}`,
    environment: new Map(),
    networks: ['tracecat_core'],
    ...parts,
  }
}
