import { beforeAll, describe, expect, test } from 'vitest'
import { Failure } from '../../src/failure.ts'
import {
  checkFingerprints,
  type Fingerprints,
  parseFingerprints,
  readKeyFacts,
  rememberedVariables,
  updateFingerprints,
} from '../../src/surroundings/fingerprints.ts'
import { cpuMs } from '../fuzz/cpu.ts'

const encryptionKey = 'TRACECAT__DB_ENCRYPTION_KEY'
const keyringName = 'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'
const key = 'Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6cXV4Zm9vYmFyMTI='
const ring = (keys: Readonly<Record<string, string>>) =>
  JSON.stringify({ current_key_id: Object.keys(keys)[0], keys })
const both = ring({ v1: 'first-root', v2: 'second-root' })
const values = (entries: Readonly<Record<string, string>>) => new Map(Object.entries(entries))

let text: string | undefined
let records: Fingerprints = new Map()
beforeAll(async () => {
  text = await updateFingerprints(new Map(), values({ [encryptionKey]: key, [keyringName]: both }))
  records = parseFingerprints(text)
})

const check = (entries: Readonly<Record<string, string>>) =>
  checkFingerprints(records, { values: values(entries), envPath: 'prod.env' })

test('each key has a record of its own, which does not hold it', () => {
  expect([...records.keys()]).toEqual([
    'db-encryption-key',
    'payload-keyring:v1',
    'payload-keyring:v2',
  ])
  expect(text).not.toMatch(/Zm9v|first-root|second-root/)
  expect([...rememberedVariables(records)].sort()).toEqual([keyringName, encryptionKey])
})

describe('a placeholder is not another key: the real one is gone, and may be found elsewhere', () => {
  test.each(['your-tracecat-db-fernet-key', 'changeme', ''])('%j', async (placeholder) => {
    await expect(check({ [encryptionKey]: placeholder, [keyringName]: both })).resolves.toBe(
      undefined,
    )
    const facts = await readKeyFacts(text, values({ [encryptionKey]: placeholder }))
    expect(facts).toMatchObject({
      known: true,
      value: expect.arrayContaining([{ part: 'db-encryption-key', state: 'gone' }]),
    })
  })

  test('and makes no record', async () => {
    const stock = values({ [encryptionKey]: 'your-tracecat-db-fernet-key' })
    expect(await updateFingerprints(new Map(), stock)).toBeUndefined()
  })
})

describe('is noticed, with the file that it stands in', () => {
  test.each([
    [
      'another encryption key',
      { [encryptionKey]: key.replace('Zm9v', 'Zm9w') },
      /db-encryption|DB_ENC/,
    ],
    ['another payload key', { [keyringName]: ring({ v1: 'first-root', v2: 'x' }) }, /v2/],
    ['a payload key that is gone', { [keyringName]: ring({ v1: 'first-root' }) }, /v2/],
  ])('%s', async (_, entries, message) => {
    const failure = await check({ [encryptionKey]: key, [keyringName]: both, ...entries }).catch(
      (error: unknown) => error,
    )
    if (!(failure instanceof Failure)) throw new Error('nothing was noticed')
    expect(failure).toMatchObject({ kind: 'badInput', where: { file: 'prod.env' } })
    expect(failure.message).toMatch(message)
    expect(failure.message).not.toMatch(/Zm9|-root/)
  })
})

test('a key that is new is no change, and old records stay as they are', async () => {
  const more = ring({ v1: 'first-root', v2: 'second-root', v3: 'third-root' })
  const now = values({ [encryptionKey]: key, [keyringName]: more })
  await expect(check(Object.fromEntries(now))).resolves.toBe(undefined)
  const updated = parseFingerprints(await updateFingerprints(records, now))
  expect([...updated.keys()]).toContain('payload-keyring:v3')
  expect(updated).toEqual(new Map([...updated, ...records]))
})

test.each([
  '',
  '{',
  '{"version":2,"parts":{}}',
  '{"version":1,"parts":{"a":1}}',
])('a damaged file is refused (%j)', (damaged) => {
  expect(() => parseFingerprints(damaged)).toThrow(Failure)
})

test('more records than can be compared in a second or two are not', async () => {
  const parts = Object.fromEntries(
    Array.from({ length: 17 }, (_, at) => [`payload-keyring:${at}`, 'x']),
  )
  const many = JSON.stringify({ version: 1, parts })
  expect(await readKeyFacts(many, new Map())).toMatchObject({ known: false })
})

test('a keyring with a thousand keys is refused at once: each would take 0.1 s', async () => {
  const keys = Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`v${i}`, `root-${i}`]))
  const began = cpuMs()
  const many = values({ [keyringName]: ring(keys) })
  await expect(updateFingerprints(new Map(), many)).rejects.toThrow('has more than 64 keys')
  expect(await readKeyFacts(text, many)).toMatchObject({ known: false })
  expect(cpuMs() - began).toBeLessThan(1000)
})
