import type { HardenCase } from './control.ts'
import { type Edit, setInService } from './edit.ts'
import { baseModel } from './reading.ts'

/** What the Compose file does not hand on from `.env` to a service, the override must. */
export function passOn(c: HardenCase, service: string, names: readonly string[]): readonly Edit[] {
  const stock = baseModel(c)?.services.get(service)
  if (stock === undefined) return []
  return names
    .filter((name) => !stock.environment.has(name))
    .map((name) => setInService(service, ['environment', name], `\${${name}}`))
}
