import { describe, expect, test } from 'vitest'
import { Masker } from '../../src/secrets/masker.ts'
import { Secret } from '../../src/secrets/secret.ts'

const shorter = 'Eph3Moh9loo7'
const longer = `${shorter}-and-its-other-half`

describe.each([
  ['the shorter first', [shorter, longer]],
  ['the longer first', [longer, shorter]],
])('a secret that begins with another one, %s', (_, secrets) => {
  const masker = new Masker()
  for (const secret of secrets) masker.learn(new Secret(secret))

  test('is masked as a whole: nothing of its end is left', () => {
    expect(masker.mask(`it is ${longer}.`).reveal()).toBe('it is ********.')
    expect(masker.mask(`it is ${shorter}.`).reveal()).toBe('it is ********.')
  })
})

test('a secret is known in the form that it has in a URL, and in JSON', () => {
  const masker = new Masker()
  masker.learn('p@ss "of" theirs')
  for (const form of ['p@ss "of" theirs', 'p%40ss%20%22of%22%20theirs', 'p@ss \\"of\\" theirs']) {
    expect(masker.mask(`<${form}>`).reveal()).toBe('<********>')
    expect(masker.holdsSecret(`<${form}>`)).toBe(true)
  }
  expect(masker.holdsSecret('p@ss of theirs')).toBe(false)
})

test.each([
  ['seven characters', 'Eph3Moh', 'Eph3Moh'],
  ['eight characters', 'Eph3Moh9', '********'],
  ['a word that everybody knows', 'changeme', 'changeme'],
])('%s', (_, secret, shown) => {
  const masker = new Masker()
  masker.learn(secret)
  expect(masker.mask(secret).reveal()).toBe(shown)
})

describe('a secret in base64', () => {
  const secret = 'Eph3Moh9loo7-ü'
  const masker = new Masker()
  masker.learn(secret)

  test.each(['', 'a', 'ab', 'user:', 'admin:'])('behind %j', (before) => {
    for (const way of ['base64', 'base64url'] as const) {
      const text = Buffer.from(`${before}${secret} and more`).toString(way)
      const shown = masker.mask(`Basic ${text}`).reveal()
      expect(shown).toContain('********')
      const left = Buffer.from(shown.split('********')[1] ?? '', 'base64').toString('latin1')
      expect(left).not.toContain('loo7')
      expect(shown.length).toBeLessThan(text.length)
      expect(masker.holdsSecret(text)).toBe(true)
    }
  })
})

test('of two secrets that overlap, nothing shows', () => {
  const masker = new Masker()
  for (const one of ['abcdefgh-1234', '1234-ijklmnop']) masker.learn(one)
  expect(masker.mask('<abcdefgh-1234-ijklmnop>').reveal()).toBe('<********>')
  expect(masker.mask('<abcdefgh-1234abcdefgh-1234>').reveal()).toBe('<****************>')
})
