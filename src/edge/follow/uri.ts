import type { Plain } from './expand.ts'
import { matchesPattern, type Request } from './match.ts'

/**
 * What the directive `uri` makes of a request (compared with Caddy 2.11). Its path is unknown afterwards
 * where a placeholder or a pattern decides.
 * @param args the directive's words behind its matcher
 */
export function changedUri(
  { block }: Plain,
  [operation, target = '', ...rest]: readonly string[],
  request: Request,
): Request {
  switch (operation) {
    case 'strip_prefix':
      return strippedOf(request, target)
    case 'strip_suffix':
      return onPath(request, target, (path) =>
        path.endsWith(target) ? path.slice(0, path.length - target.length) : path,
      )
    case 'replace':
      return onPath(request, target + (rest[0] ?? ''), (path) =>
        replaced(path, target, rest[0] ?? '', rest[1]),
      )
    case 'query':
      return [...(target === '' ? [] : [[target, ...rest]]), ...block.map(({ words }) => words)]
        .map(([name = '', ...values]) => [name, ...values] as const)
        .reduce(changedQuery, request)
    case 'path_regexp':
      return matchesPattern(target, request.path) === false ? request : unknownPath(request)
    default:
      return unknownPath(request)
  }
}

function unknownPath(request: Request): Request {
  return { ...request, path: undefined }
}

/** Doubled slashes are one then; of /ab without /a the path is `b`, with none (tried with Caddy 2.11). */
export function strippedOf(request: Request, prefix: string): Request {
  const path = request.path?.replace(/\/{2,}/g, '/')
  if (path?.toLowerCase().startsWith(prefix.toLowerCase()) !== true) return request
  return { ...request, path: path.slice(prefix.length) }
}

/** @param written what the directive says: with a placeholder in it, nobody can tell */
function onPath(request: Request, written: string, change: (path: string) => string): Request {
  if (request.path === undefined) return request
  return { ...request, path: written.includes('{') ? undefined : change(request.path) }
}

function replaced(path: string, from: string, to: string, limit: string | undefined): string {
  if (from === '') return path
  const parts = path.split(from)
  const most = limit === undefined || !/^\d+$/.test(limit) ? parts.length : Number(limit)
  return parts.reduce((text, part, index) => text + (index <= most ? to : from) + part)
}

/** `-name` takes one off, `name>other` renames it, `+name value` adds it, `name value` sets it. */
function changedQuery(
  request: Request,
  [operation, value, replacement]: readonly [string, ...string[]],
): Request {
  const query = new Map(request.query)
  const [name = '', other] = operation.replace(/^[-+]/, '').split('>')
  const before = query.get(name)
  if (operation.startsWith('-')) query.delete(name)
  else if (other !== undefined) {
    query.delete(name)
    if (before !== undefined) query.set(other, before)
  } else if (replacement !== undefined) {
    const changed = before?.map((one) => one.replaceAll(value ?? '', replacement))
    if (changed !== undefined) query.set(name, changed)
  } else {
    const kept = operation.startsWith('+') ? (before ?? []) : []
    query.set(name, [...kept, value ?? ''])
  }
  return { ...request, query }
}
