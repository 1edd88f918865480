import { expect, test } from 'vitest'
import { Masker } from '../../src/secrets/masker.ts'
import { learnValues } from '../../src/stack/learn.ts'

test.each([
  ['TRACECAT__SERVICE_KEY', 'a-service-key-0123', 'a-service-key-0123'],
  ['TRACECAT__DB_URI', 'postgresql://u:p%40ss-of-theirs@db/x', 'p@ss-of-theirs'],
  ['TRACECAT__DB_URI', 'postgresql://u:p%40ss-of-theirs@db/x', 'p%40ss-of-theirs'],
  [
    'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING',
    '{"current_key_id":"v2","keys":{"v1":"first-payload-key","v2":"second-payload-key"}}',
    'first-payload-key',
  ],
  [
    'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING',
    '{"current_key_id":"v1","keys":{"v1":"half-a-pair\\ud800"}}',
    'half-a-pair\ud800',
  ],
])('%s: what a program prints of it is masked', (name, value, part) => {
  const masker = new Masker()
  learnValues(masker, new Map([[name, value]]))
  expect(masker.mask(`it says: ${part}.`).reveal()).toBe('it says: ********.')
})

test('words that everybody knows, and what is no secret, stay readable', () => {
  const masker = new Masker()
  learnValues(
    masker,
    new Map([
      ['TRACECAT__POSTGRES_PASSWORD', 'postgresql'],
      ['LOG_LEVEL', 'WARNING-AND-MORE'],
    ]),
  )
  const text = 'postgresql WARNING-AND-MORE'
  expect(masker.mask(text).reveal()).toBe(text)
})
