import { child, type Tree, textOf } from './tree.ts'

/** The profiles that COMPOSE_PROFILES enables. */
export function profilesOf(env: ReadonlyMap<string, string>): ReadonlySet<string> {
  const names = (env.get('COMPOSE_PROFILES') ?? '').split(',').map((name) => name.trim())
  return new Set(names.filter((name) => name !== ''))
}

/** Whether `docker compose up` starts a service: it has no profile, or an enabled one; `*` is all. */
export function isActive(service: Tree, profiles: ReadonlySet<string>): boolean {
  const own = child(service, 'profiles')
  if (own?.kind !== 'list' || own.items.length === 0) return true
  return profiles.has('*') || own.items.some((item) => profiles.has(textOf(item)))
}
