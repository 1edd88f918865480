import { describe, expect, test } from 'vitest'
import { isVerifier, matchesVerifier, scramVerifier } from '../../src/secrets/scram.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { cpuMs } from '../fuzz/cpu.ts'

/** Salt and password of RFC 7677's example; PostgreSQL 15 stores the same keys for them. */
const pencil =
  'SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU='

/** Passwords, and what PostgreSQL 15.18 stored for them; SASLprep is refused for `taken as it is`. */
const stored = [
  {
    name: 'changed by nothing',
    password: 'pässwörd',
    verifier:
      'SCRAM-SHA-256$4096:tCjboZSJLTsq5C50CUzbow==$60TlOHdlsjj/naUsvzc3bDBOiFxVKU4U5FizCOLLGDA=:B03FjaUsmdXVvnCRfrnPnf+hwePkDlgDfRO1HHb5yxw=',
  },
  {
    name: 'ligature, no-break space, soft hyphen',
    password: '\ufb01x\u00a0y\u00adz',
    verifier:
      'SCRAM-SHA-256$4096:hbMI6aFRrKRAYSrqsmQWYQ==$OFy9m2zRhMAm6u9YLzVliXd22+ZZbbWNBK0FB0qi0Qs=:7rFyn3TrSb1qvM2Chuozgq/s1R0mDRdZWnJCLFZrYJE=',
  },
  {
    name: 'zero-width space, ohm sign',
    password: 'a\u200bb\u2126',
    verifier:
      'SCRAM-SHA-256$4096:0NqlYNkjgJeHByJmE47iCg==$T8CP7S8yhp0U5hNh72DJMal8bOJ5clk/LVKPhQsE5YI=:f23+YLrl7bj6kxFpDdYIuOtK8Ctp0Fca8TykI2b3lgU=',
  },
  {
    name: 'nothing left',
    password: '\u00ad',
    verifier:
      'SCRAM-SHA-256$4096:yZaHBi/9Ic1ILp61ipsjsA==$P7HuOHBPQSqxPL7lzmiGPRq4h0wTKt3hsis7utFnWEA=:8BzgAcosOQ8saNodp5c4Z9oc8L3kXJ7H/Y8yM6EFHG8=',
  },
]
const takenAsItIs = [
  {
    name: 'emoji and ligature',
    password: '\ufb01\u{1f600}',
    verifier:
      'SCRAM-SHA-256$4096:xPnBnr/0veQvlkZVhnCNdg==$OgkN+DL+piM6gXe9tGJEKSc01lEvrZWo35qAxrv10Pk=:Ki6XXJXrjrZGkFKVLrxXzHw3kU6mGJvyFpr7DI3W8og=',
  },
  {
    name: 'both directions and ligature',
    password: '\u05d0a\ufb01',
    verifier:
      'SCRAM-SHA-256$4096:cUQ6lByIcHIUmvXl4+0faw==$zga7pp+OvZDWJ9jaDJlRAWadL4bQ5zGSWJr0/BEdBkw=:OvnNgQotHQCXzV78zXJ84ri4b98zs7EcXHhG20PrvCM=',
  },
]

const saltOf = (verifier: string) => Buffer.from(/:([^$]*)\$/.exec(verifier)?.[1] ?? '', 'base64')

describe('scramVerifier', () => {
  test.each([
    { name: 'of RFC 7677', password: 'pencil', verifier: pencil },
    ...stored,
  ])('is what PostgreSQL stores: $name', ({ password, verifier }) => {
    const made = scramVerifier(new Secret(password), { salt: saltOf(verifier) })
    expect(made.reveal()).toBe(verifier)
  })

  test('is another one each time', () => {
    const password = new Secret('pencil')
    const [first, second] = [scramVerifier(password), scramVerifier(password)]
    expect(first.reveal()).not.toBe(second.reveal())
    for (const one of [first, second]) expect(matchesVerifier(password, one, 'any')).toBe(true)
  })
})

describe('matchesVerifier', () => {
  test.each([...stored, ...takenAsItIs])('knows the password: $name', ({ password, verifier }) => {
    const matches = (text: string) =>
      matchesVerifier(new Secret(text), new Secret(verifier), 'postgres')
    expect(matches(password)).toBe(true)
    expect(matches(`${password}x`)).toBe(false)
    expect(matches('')).toBe(false)
  })

  test('goes by the iterations that the verifier names', () => {
    const password = new Secret('pencil')
    const verifier = scramVerifier(password, { iterations: 7 })
    expect(verifier.reveal()).toMatch(/^SCRAM-SHA-256\$7:/)
    expect(matchesVerifier(password, verifier, 'any')).toBe(true)
    const other = new Secret(verifier.reveal().replace('$7:', '$8:'))
    expect(matchesVerifier(password, other, 'any')).toBe(false)
  })

  test.each([
    1_000_001, 2_147_483_647, 9_999_999_999,
  ])('computes no %i iterations, whatever a server says', (count) => {
    const verifier = new Secret(pencil.replace('$4096:', `$${count}:`))
    const began = cpuMs()
    expect(() => matchesVerifier(new Secret('pencil'), verifier, 'any')).toThrow(/iterations/)
    expect(cpuMs() - began).toBeLessThan(500)
  })

  test('takes none for no password', () => {
    const verifier = new Secret(pencil.replace('$4096:', '$0:'))
    expect(matchesVerifier(new Secret('pencil'), verifier, 'any')).toBe(false)
  })

  test('md5 belongs to password and role', () => {
    // PostgreSQL 15.18: role m, password_encryption = md5.
    const verifier = new Secret('md547822528ab76fe9ed800d40f5f6f92ee')
    expect(matchesVerifier(new Secret('pässwörd'), verifier, 'm')).toBe(true)
    expect(matchesVerifier(new Secret('pässwörd'), verifier, 'n')).toBe(false)
    expect(matchesVerifier(new Secret('passwort'), verifier, 'm')).toBe(false)
  })

  test.each(['', 'pencil', 'SCRAM-SHA-256$4096:', 'md5abc'])('%j is no verifier', (text) => {
    expect(isVerifier(text)).toBe(false)
    expect(matchesVerifier(new Secret(text), new Secret(text), 'any')).toBe(false)
  })

  test('the real ones are verifiers', () => {
    for (const text of [pencil, 'md547822528ab76fe9ed800d40f5f6f92ee']) {
      expect(isVerifier(text)).toBe(true)
    }
  })
})
