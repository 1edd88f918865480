import { createHash } from 'node:crypto'
import * as z from 'zod/mini'
import type { Json } from '../install/compose/model.ts'
import { ownPaths } from '../install/install.ts'
import { isPathInside, parseStateFile } from '../install/state-file.ts'

/** What stood at a place before we wrote it; a secret is never kept here. */
const beforeSchema = () =>
  z.union([
    z.strictObject({ kind: z.literal('absent') }),
    z.strictObject({ kind: z.literal('text'), text: z.string() }),
    z.strictObject({ kind: z.literal('value'), value: z.json() }),
    z.strictObject({ kind: z.literal('secret') }),
  ])

const placeSchema = () =>
  z.strictObject({
    hash: z.string().check(z.regex(/^[\w-]{43}$/, { error: 'is no hash' })),
    before: beforeSchema(),
    /** Stays when nobody wants it any more. */
    keep: z.optional(z.boolean()),
  })

const recordSchema = () =>
  z.strictObject({
    version: z.literal(1),
    places: z.record(
      z.string().check(z.refine(isPlace, { error: 'is no place that tracecat-harden writes' })),
      placeSchema(),
    ),
  })

/** Of files and lines the path counts: what we wrote, we may remove. */
function isPlace(place: string): boolean {
  const [, kind, rest = ''] = /^(env|override|file|line):(.+)$/s.exec(place) ?? []
  switch (kind) {
    case 'env':
      return /^[\w.-]+$/.test(rest)
    case 'file':
      return isOurs(rest)
    case 'line':
      return isOurs(rest.slice(0, rest.indexOf(':')))
    default:
      return kind === 'override'
  }
}

/** A file of the install, but none of those by which we know what we did. */
function isOurs(path: string): boolean {
  return isPathInside(path) && path.split('/')[0] !== ownPaths.state
}

export type Before =
  | { readonly kind: 'absent' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'secret' }

/** One place that we wrote: a hash of what we put there, and what we found. */
export interface WrittenPlace {
  readonly hash: string
  readonly before: Before
  readonly keep?: boolean
}

/** Every place that we wrote, by its name: `env:NAME`, `override:a/b`, `file:path`, `line:path:text`. */
export type WrittenRecord = ReadonlyMap<string, WrittenPlace>

/** A place that the admin changed after we wrote it: kept, and shown. */
export interface Drift {
  /** The file, relative to the install. */
  readonly file: string
  /** What in it, in words: `TRACECAT__AUTH_TYPES`, `services.redis.command`. */
  readonly what: string
}

export function hashOf(value: string | Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return createHash('sha256').update(text).digest('base64url')
}

/** Reads `written.json`. @throws Failure('badInput') where it is damaged */
export function parseRecord(text: string | undefined, file: string): WrittenRecord {
  if (text === undefined) return new Map()
  const parsed = parseStateFile(recordSchema, text, {
    file,
    remedy:
      'Put it back from .tracecat-harden/backups, or remove it: then everything counts as yours.',
  })
  return new Map(
    Object.entries(parsed.places).map(([place, { hash, before, keep }]) => [
      place,
      { hash, before, ...(keep === undefined ? {} : { keep }) },
    ]),
  )
}

/** The same record gives the same bytes. */
export function renderRecord(record: WrittenRecord): string {
  const places = Object.fromEntries([...record].sort(([a], [b]) => (a < b ? -1 : 1)))
  return `${JSON.stringify({ version: 1, places }, null, 2)}\n`
}

/** What stood in `.env` before us, by variable, where what we wrote still stands. */
export function overwrittenIn(
  record: WrittenRecord,
  assignments: readonly { readonly name: string; readonly raw: string }[],
): ReadonlyMap<string, string> {
  return new Map(
    assignments.flatMap(({ name, raw }) => {
      const written = record.get(`env:${name}`)
      return written?.before.kind === 'text' && written.hash === hashOf(raw)
        ? [[name, written.before.text] as const]
        : []
    }),
  )
}

/** Variables of `.env` that hold something else than what we wrote. */
export function changedSince(
  record: WrittenRecord,
  assignments: readonly { readonly name: string; readonly raw: string }[],
): ReadonlySet<string> {
  const isChanged = ({ name, raw }: { readonly name: string; readonly raw: string }) => {
    const written = record.get(`env:${name}`)
    return written !== undefined && written.hash !== hashOf(raw)
  }
  return new Set(assignments.filter(isChanged).map(({ name }) => name))
}
