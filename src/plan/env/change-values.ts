import { Failure } from '../../failure.ts'
import { setVariable } from '../../install/env-file/edit.ts'
import type { EnvFile } from '../../install/env-file/env-file.ts'
import { lastingValues, type Shell } from '../../install/env-file/resolve.ts'
import { catalogue, secretIds } from '../../secrets/catalogue.ts'
import type { Secret } from '../../secrets/secret.ts'
import { formatConnectionUri, parseConnectionUri } from '../../servers/uri.ts'
import { hashOf, type WrittenRecord } from '../record.ts'

/** URIs that repeat a user and a password of their own variables. */
const uris = secretIds.flatMap((id) => {
  const { uri, user, variables } = catalogue[id]
  return uri === undefined
    ? []
    : [{ uri: uri.variable, user: user?.variable, password: variables[0] }]
})

type Values = ReadonlyMap<string, Secret>

export interface ChangedValues {
  readonly env: EnvFile
  /** What we wrote of it, so that the next run knows these values for its own. */
  readonly record: WrittenRecord
}

/**
 * Gives secrets in `.env` new values, in the variables and in the URIs that repeat them, and changes
 * nothing else: not even what a newer version of ours would harden.
 * @throws Failure('badInput') where the file would not hold exactly that afterwards
 */
export function changeValues(
  start: EnvFile,
  values: Values,
  record: WrittenRecord,
  shell: Shell,
): ChangedValues {
  const before = lastingValues(start, shell)
  let env = start
  const touched = new Set<string>()
  for (const [name, value] of values) {
    env = setVariable(env, name, { kind: 'literal', value: value.reveal() })
    touched.add(name)
  }
  for (const { uri, user, password } of uris) {
    const old = parseConnectionUri(before.get(uri) ?? '')
    if (old === undefined || old.password !== (before.get(password) ?? '')) continue
    // A user of its own stays: the role that services sign in as need not be the variable's.
    const newUser =
      user !== undefined && old.user === before.get(user) ? values.get(user) : undefined
    const wanted = {
      ...old,
      user: newUser?.reveal() ?? old.user,
      password: values.get(password)?.reveal() ?? old.password,
    }
    const now = parseConnectionUri(lastingValues(env, shell).get(uri) ?? '')
    if (now?.user === wanted.user && now.password === wanted.password) continue
    env = setVariable(env, uri, { kind: 'literal', value: formatConnectionUri(wanted) })
    touched.add(uri)
  }
  check(start, env, { values, touched }, shell)
  return { env, record: updated(record, env, touched) }
}

/** What it was before us stays what it was; a place that was not ours does not become ours. */
function updated(record: WrittenRecord, env: EnvFile, names: ReadonlySet<string>): WrittenRecord {
  return new Map(
    [...record].map(([place, written]) => {
      const name = place.startsWith('env:') ? place.slice('env:'.length) : ''
      const raw = env.assignments.findLast((one) => one.name === name)?.raw
      const ours = names.has(name) && raw !== undefined
      return [place, ours ? { ...written, hash: hashOf(raw) } : written] as const
    }),
  )
}

/** Every other variable reads as before, but for what refers to one of these. */
function check(
  start: EnvFile,
  end: EnvFile,
  { values, touched }: { readonly values: Values; readonly touched: ReadonlySet<string> },
  shell: Shell,
): void {
  const before = lastingValues(start, shell)
  const after = lastingValues(end, shell)
  for (const [name, value] of values) {
    if (after.get(name) === value.reveal()) continue
    throw new Failure('badInput', `${name} cannot be given a new value in ${end.file}.`, {
      where: { file: end.file },
      remedy: 'Write it as a plain line, NAME=value, once, and run again.',
    })
  }
  const replaced = [...values.keys()].flatMap((name) => before.get(name) || [])
  for (const [name, value] of after) {
    const old = before.get(name)
    const follows = replaced.some((secret) => old?.includes(secret))
    if (old === value || touched.has(name) || follows) continue
    throw new Failure('badInput', `${name} would change as well.`, {
      where: { file: end.file },
      remedy: 'Let it have a value of its own, and run again.',
    })
  }
}
