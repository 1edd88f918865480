import type { EnvFile } from '../../install/env-file/env-file.ts'
import { hashOf, type WrittenRecord } from '../record.ts'

/**
 * The record for a `.env` that was put back or made anew as a whole: nothing in it is as we wrote it.
 * That says nothing about any single variable, so that each gets what it should have. Where one value
 * of ours is left, the others were changed one by one, and the record stays.
 */
export function claimReplacedEnv(record: WrittenRecord, env: EnvFile | undefined): WrittenRecord {
  const rawOf = (place: string) =>
    env?.assignments.findLast(({ name }) => place === `env:${name}`)?.raw
  const isLeft = [...record].some(([place, { hash }]) => {
    const raw = rawOf(place)
    return raw !== undefined && hashOf(raw) === hash
  })
  if (isLeft) return record
  return new Map(
    [...record].map(([place, written]) => {
      const raw = rawOf(place)
      return [place, raw === undefined ? written : { ...written, hash: hashOf(raw) }]
    }),
  )
}
