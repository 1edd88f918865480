import type { Service } from './compose/model.ts'
import type { Install } from './install.ts'

/**
 * The service that answers to a host inside of the stack: by its own name, its container's, an alias or an
 * address that is fixed in a network; undefined where it is a server of the admin's own. Host names know no case.
 */
export function serviceAt({ compose }: Pick<Install, 'compose'>, host: string): string | undefined {
  const name = host.toLowerCase()
  if (compose?.model.services.has(name) === true) return name
  const services = [...(compose?.model.services.values() ?? [])]
  const isCalledSo = (text: string | undefined) => text?.toLowerCase() === name
  const found =
    services.find((one) => isCalledSo(one.name)) ??
    services.find((one) => isCalledSo(one.containerName) || aliasesOf(one).some(isCalledSo))
  return found?.name
}

function aliasesOf({ raw }: Service): readonly string[] {
  const { networks } = raw
  if (typeof networks !== 'object' || networks === null || Array.isArray(networks)) return []
  return Object.values(networks).flatMap((network) => {
    if (typeof network !== 'object' || network === null || Array.isArray(network)) return []
    const { aliases, ipv4_address, ipv6_address } = network as Readonly<Record<string, unknown>>
    return [
      ...(Array.isArray(aliases) ? aliases.map(String) : []),
      ...(typeof ipv4_address === 'string' ? [ipv4_address] : []),
      ...(typeof ipv6_address === 'string' ? [`[${ipv6_address}]`] : []),
    ]
  })
}
