import {
  type Case,
  type Control,
  type Look,
  notApplicable,
  skipped,
  verdictOf,
} from '../control.ts'
import type { KeyFact } from '../facts.ts'
import { look } from '../look.ts'
import { whereVariable } from '../reading.ts'

const encryptionKey = 'TRACECAT__DB_ENCRYPTION_KEY'
const keyring = 'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'

export const keyFingerprints: Control = {
  meta: {
    id: 'key-fingerprints',
    title: 'The keys that must never change are the ones that were here before',
    severity: 'critical',
    area: 'credentials',
    why: 'Tracecat has one encryption key for stored credentials and no way to change it; its update script drops the payload keyring from .env without a word. A slow, salted hash of each is kept in .tracecat-harden/fingerprints.json.',
    risk: 'With another key, every stored credential and every running workflow is unreadable; nobody has to attack for that.',
    fix: 'Put the old key back: from .tracecat-harden/last/env, from .tracecat-harden/backups, or from your own copy. init puts back a key that is missing altogether.',
    reference: 'https://docs.tracecat.com/self-hosting/security',
  },
  inspect(c) {
    const { keys } = c.facts
    if (keys === undefined)
      return notApplicable('commands that change something refuse a changed key at once')
    if (!keys.known) return skipped(keys.why)
    if (keys.value.length === 0)
      return notApplicable('init has not run here, so nothing was recorded')
    return verdictOf(keys.value.map((key) => sameKey(c, key)))
  },
}

function sameKey(c: Case, { part, state }: KeyFact): Look {
  const [kind, id] = part.split(':')
  const name = kind === 'payload-keyring' ? keyring : encryptionKey
  const key = kind === 'payload-keyring' ? `the key '${id ?? ''}' of ${name}` : name
  const place = { subject: key, where: whereVariable(c, name), value: state }
  return look(
    place,
    'same',
    state !== 'same' && {
      evidence: `${key} is ${state === 'gone' ? 'gone' : 'not the one that was here before'}`,
      remedy:
        'Put the old key back before anything is restarted: .tracecat-harden/last/env has what was written last. If it changed on purpose, on a stack without data, remove .tracecat-harden/fingerprints.json.',
    },
  )
}
