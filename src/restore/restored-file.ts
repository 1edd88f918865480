import { attempt } from '../failure.ts'
import { ownPaths } from '../install/install.ts'
import { sha256 } from '../live/read-files.ts'
import { overrideWithoutUs } from '../plan/draft-override.ts'
import { parseRecord } from '../plan/record.ts'
import type { OldFile } from './fold-backups.ts'

/** A file as it lies there now. */
export interface PresentFile {
  readonly bytes: Uint8Array
  readonly mode: number
}

/** An old file with what it held; undefined: there was none. */
export interface OldContent extends OldFile {
  readonly bytes: Uint8Array | undefined
}

/** What becomes of one file; `edited`: what somebody wrote into it since goes with it. */
export type RestoredFile =
  | {
      readonly kind: 'goes-back'
      /** undefined: it goes away. */
      readonly bytes: Uint8Array | undefined
      readonly mode: number
      readonly edited: boolean
    }
  /** That run made it and somebody changed it since: it is theirs. */
  | { readonly kind: 'stays' }

/**
 * Puts a file back as it was. One that was not there goes away again, unless it has become somebody
 * else's. Of an override only our part goes then: what it demands of `.env` is no longer there.
 * @param override its record of what we wrote, where this is the override
 */
export function restoredFile(
  { path, before, bytes, written }: OldContent,
  present: PresentFile | undefined,
  override: { readonly record: string | undefined } | undefined,
): RestoredFile {
  const isOurs = path.startsWith(`${ownPaths.state}/`)
  const edited = !isOurs && present !== undefined && !written.has(sha256(present.bytes))
  if (before !== 'absent') {
    const isSame = present !== undefined && sha256(present.bytes) === before.sha256
    return { kind: 'goes-back', bytes, mode: before.mode, edited: edited && !isSame }
  }
  const gone = { kind: 'goes-back', bytes: undefined, mode: 0o644, edited: false } as const
  if (!edited) return gone
  if (override === undefined) return { kind: 'stays' }
  const left = withoutUs(path, present.bytes, override.record)
  if (left === undefined) return { ...gone, edited: true }
  if (left.trim() === '') return gone
  return { ...gone, bytes: new TextEncoder().encode(left), mode: present.mode }
}

/** undefined where that cannot be told any more: broken YAML, or no record. */
function withoutUs(
  path: string,
  bytes: Uint8Array,
  record: string | undefined,
): string | undefined {
  if (record === undefined) return undefined
  const text = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)
  return attempt(
    () => overrideWithoutUs(text, path, parseRecord(record, ownPaths.written)),
    () => undefined,
  )
}
