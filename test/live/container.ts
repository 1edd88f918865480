import type { Container } from '../../src/controls/facts.ts'

/** A container that runs and was made from the configuration `hash-of-<service>`. */
export function container(service: string, parts: Partial<Container> = {}): Container {
  return {
    id: `id-of-${service}`,
    name: `tracecat-${service}-1`,
    service,
    project: 'tracecat',
    oneOff: false,
    configFiles: [],
    environmentFile: undefined,
    workingDirectory: '/srv/tracecat',
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
