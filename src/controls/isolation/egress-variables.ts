/** The kinds of jailed runs, with the ports that each may reach unless told otherwise. */
export const kinds = {
  INSTALL: '80,443',
  REGISTRY: '22',
  SCRIPT: '443',
  ACTION: '443',
  AGENT: '443',
} as const

export const cidrs = (kind: string) => `TRACECAT__SANDBOX_${kind}_ALLOWED_EGRESS_CIDRS`
export const ports = (kind: string) => `TRACECAT__SANDBOX_${kind}_ALLOWED_EGRESS_TCP_PORTS`
