import type { Caddyfile, Directive } from '../install/caddyfile/tree.ts'
import { hostOf } from './follow/follow.ts'

/**
 * The hosts that directives pass requests on to, through the snippets and named routes of their file,
 * each of which is looked through once. In lower case, without scheme and port.
 */
export function upstreamHosts(
  directives: readonly Directive[],
  { entries }: Caddyfile,
): ReadonlySet<string> {
  const parts = new Map<string, readonly Directive[]>(
    entries.flatMap((entry) =>
      entry.kind === 'snippet' || entry.kind === 'named-route'
        ? [[`${entry.kind} ${entry.name}`, entry.block.directives] as const]
        : [],
    ),
  )
  const hosts = new Set<string>()
  const visit = ({ name, words, block }: Directive): void => {
    const values = words.slice(1).map(({ text }) => text)
    if (name === 'reverse_proxy' || name === 'php_fastcgi' || name === 'to')
      for (const value of values) if (!/^[@/*]/.test(value)) hosts.add(hostOf(value))
    const key =
      name === 'import'
        ? `snippet ${values[0]}`
        : name === 'invoke'
          ? `named-route ${values.at(-1)}`
          : ''
    const part = parts.get(key) ?? []
    parts.delete(key)
    for (const one of [...part, ...(block?.directives ?? [])]) visit(one)
  }
  directives.forEach(visit)
  return hosts
}
