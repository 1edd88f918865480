import { isAbsolute, normalize } from 'node:path'
import * as z from 'zod/mini'
import { Failure } from '../failure.ts'
import { parseJson } from '../json.ts'

// What lies in the state folder is input like any other: whoever made the folder may have made it, too.

/** Names that are no file of an install, and would lead out of it or into what is ours alone. */
const outside = /(?:^|\/)\.{0,2}(?:\/|$)/
// biome-ignore lint/suspicious/noControlCharactersInRegex: what no name of ours holds is what is looked for
const control = /[\u0000-\u001f\u007f\\]/

/** Relative, below the install's folder, and the only way to write it. */
export function isPathInside(path: string): boolean {
  return (
    path.length <= 4096 &&
    !isAbsolute(path) &&
    normalize(path) === path &&
    !outside.test(path) &&
    !control.test(path)
  )
}

export const pathInside = z
  .string()
  .check(z.refine(isPathInside, { error: 'is no path inside the install' }))

/** A name, a reason: one line, and no longer than a person reads. */
export const shortText = z.string().check(z.maxLength(1000, { error: 'is too long' }))

/** ISO 8601, UTC, as `Date` writes it. */
export const time = z.string().check(
  z.refine((text) => /^[\d:.TZ-]{20,30}$/.test(text) && !Number.isNaN(Date.parse(text)), {
    error: 'is no time',
  }),
)

export const sha256Hash = z
  .string()
  .check(z.regex(/^[0-9a-f]{64}$/, { error: 'is no SHA-256 hash' }))

/** Access rights alone: no file of ours is setuid, setgid or sticky, whatever its record says. */
export const accessMode = z.pipe(
  z.int().check(z.minimum(0), z.maximum(0o7777)),
  z.transform((mode: number) => mode & 0o777),
)

/** A user's or group's number. */
export const accountId = z.int().check(z.minimum(0), z.maximum(2 ** 32 - 2))

/**
 * Reads a state file's text.
 * @param file for people, relative to the install
 * @param remedy what to do where it is refused
 * @throws Failure('badInput') with the first thing that is wrong in it
 */
export function parseStateFile<Schema extends z.core.$ZodType>(
  schema: () => Schema,
  text: string,
  { file, remedy }: { readonly file: string; readonly remedy: string },
): z.output<Schema> {
  const content = parseJson(text)
  if (content === undefined) throw refused(file, 'it is no JSON', remedy)
  const parsed = z.safeParse(made(schema), content)
  if (parsed.success) return parsed.data
  throw refused(file, wrongIn(parsed.error.issues[0]), remedy)
}

/** A schema takes longer to make than to use, and most runs read no state: it is made when it is asked for. */
function made<Schema extends object>(schema: () => Schema): Schema {
  const known = schemas.get(schema) ?? schema()
  schemas.set(schema, known)
  // The one entry of this key was made by it.
  return known as Schema
}

const schemas = new WeakMap<() => object, object>()

/** For what a schema cannot say. */
export function refused(file: string, why: string, remedy: string): Failure {
  return new Failure('badInput', `${file} is damaged, or not ours: ${why}.`, {
    where: { file },
    remedy,
  })
}

function wrongIn(issue: z.core.$ZodIssue | undefined): string {
  if (issue === undefined) return 'it is not what tracecat-harden writes'
  const place = issue.path.map((part) => shown(String(part))).join('.')
  if (issue.code === 'unrecognized_keys') {
    const name = shown(issue.keys[0] ?? '')
    return `it has an unknown field, ${place === '' ? name : `${place}.${name}`}`
  }
  const own = /^(?:is|has) /.test(issue.message)
  const what = own ? issue.message : 'is not what tracecat-harden writes there'
  return place === '' ? `it ${what}` : `${place} ${what}`
}

/** A name out of the file: short, and without what a terminal would act on. */
function shown(name: string): string {
  return name.replace(/[^\w./:-]/g, '?').slice(0, 80)
}
