import type { Service } from '../../install/compose/model.ts'

/** What Docker gives every container; of these only what is asked for below. */
const byDefault: ReadonlySet<string> = new Set(['DAC_OVERRIDE'])

/**
 * Can a program in this service's container get this capability at all? Reads `cap_add` and `cap_drop`
 * as Docker does: in any case, with or without `CAP_`, `ALL` for each, adding over dropping.
 */
export function mayHold(service: Service, capability: 'SYS_ADMIN' | 'DAC_OVERRIDE'): boolean {
  if (service.privileged) return true
  const added = service.capAdd.map(plainName)
  const dropped = service.capDrop.map(plainName)
  if (added.includes('ALL')) return !dropped.includes(capability)
  if (added.includes(capability)) return true
  return byDefault.has(capability) && !dropped.includes('ALL') && !dropped.includes(capability)
}

function plainName(capability: string): string {
  return capability.toUpperCase().replace(/^CAP_/, '')
}

/** The item of `security_opt` that keeps programs from gaining rights; the last one counts (Docker 20.10). */
export function noNewPrivilegesItem(service: Service): string | undefined {
  const item = service.securityOpt.findLast((one) => /^no-new-privileges(?:[:=]|$)/.test(one))
  return item !== undefined && /^no-new-privileges(?:[:=](?:1|t|true))?$/i.test(item)
    ? item
    : undefined
}

/** Its programs start as root: they have the container's rights, and need none from a file. */
export function startsAsRoot(service: Service): boolean {
  return /^(?:root|0)(?::|$)/.test(service.user ?? '')
}
