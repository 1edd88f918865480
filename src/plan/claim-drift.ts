import type { Json } from '../install/compose/model.ts'
import type { Install } from '../install/install.ts'
import { readPlace } from './draft-override.ts'
import { hashOf, type WrittenRecord } from './record.ts'
import { valueAt } from './yaml/read-yaml.ts'

/**
 * The record as if we had written what stands at each place now: what was changed since counts as ours,
 * and gets the value that is wanted, or what stood there before us.
 */
export function claimDrift(record: WrittenRecord, install: Install): WrittenRecord {
  return new Map(
    [...record].map(([place, written]) => {
      const hash = currentHash(place, install)
      return [place, hash === undefined ? written : { ...written, hash }]
    }),
  )
}

function currentHash(place: string, install: Install): string | undefined {
  const [kind = ''] = place.split(':', 1)
  const name = place.slice(kind.length + 1)
  if (kind === 'env') {
    const now = install.env?.assignments.findLast((assignment) => assignment.name === name)
    return now === undefined ? undefined : hashOf(now.raw)
  }
  if (kind === 'file') {
    const text = install.files.get(name)?.text
    return text === undefined ? undefined : hashOf(text)
  }
  if (kind !== 'override') return undefined
  const text = install.files.get(install.overridePath)?.text ?? ''
  const { path, key } = readPlace(place)
  const now = valueAt(
    text,
    key === undefined ? { path } : { path, item: key },
    install.overridePath,
  )
  return now === undefined ? undefined : hashOf(now as Json)
}
