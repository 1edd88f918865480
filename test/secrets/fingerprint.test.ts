import { expect, it } from 'vitest'
import { Failure } from '../../src/failure.ts'
import { lastingParts, makeFingerprint, matchesFingerprint } from '../../src/secrets/fingerprint.ts'
import { generateFernetKey } from '../../src/secrets/generate.ts'
import { generateKeyring, renderKeyring } from '../../src/secrets/keyring.ts'
import { Secret } from '../../src/secrets/secret.ts'

const key = generateFernetKey()

it('knows its secret again and no other, and does not show it', async () => {
  const record = await makeFingerprint(key)
  expect(record).toMatch(/^scrypt\$32768\$8\$1\$/)
  expect(record).not.toContain(key.reveal().slice(0, 12))
  expect(await matchesFingerprint(new Secret(key.reveal()), record)).toBe(true)
  expect(await matchesFingerprint(generateFernetKey(), record)).toBe(false)
})

it('has a salt of its own each time', async () => {
  expect(await makeFingerprint(key)).not.toBe(await makeFingerprint(key))
})

it.each([
  '',
  'scrypt',
  'md5$1$1$1$aaaaaaaaaaaaaaaaaaaaaa$aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  `scrypt$8388608$8$1$${'a'.repeat(22)}$${'a'.repeat(43)}`,
  `scrypt$32768$99$99$${'a'.repeat(22)}$${'a'.repeat(43)}`,
  `scrypt$30000$8$1$${'a'.repeat(22)}$${'a'.repeat(43)}`,
  `scrypt$0$8$1$${'a'.repeat(22)}$${'a'.repeat(43)}`,
  `scrypt$32768$0$1$${'a'.repeat(22)}$${'a'.repeat(43)}`,
  `scrypt$2$99$1$${'a'.repeat(22)}$${'a'.repeat(43)}`,
  `scrypt$2$1$1$${'a'.repeat(22)}$${'a'.repeat(43)}`,
])('refuses the damaged record %j instead of saying no', async (record) => {
  await expect(matchesFingerprint(key, record)).rejects.toThrow(Failure)
})

it('takes the encryption key and each key of the keyring by itself', () => {
  const keyring = renderKeyring(generateKeyring())
  const parts = lastingParts({ encryptionKey: key, keyring })
  expect([...parts.keys()]).toEqual(['db-encryption-key', 'payload-keyring:v1'])
  expect([...lastingParts({ encryptionKey: undefined, keyring: new Secret('broken') })]).toEqual([])
})
