import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parse } from 'dotenv'
import { describe, expect, it } from 'vitest'
import { classify } from '../../src/secrets/classify.ts'
import { isFernetKey } from '../../src/secrets/fernet.ts'
import { generateFernetKey, generatePassword, generateUser } from '../../src/secrets/generate.ts'
import { generateKeyring, renderKeyring } from '../../src/secrets/keyring.ts'

const count = 10_000
const length = 43
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const alphabet = `${letters}0123456789_-`
const passwords = Array.from({ length: count }, () => generatePassword().reveal())
const hasCompose = spawnSync('docker', ['compose', 'version']).status === 0

/** Pearson's statistic of how often each symbol occurs, against all being equally likely. */
function chiSquare(text: string, symbols: string): number {
  const counts = new Map([...symbols].map((symbol) => [symbol, 0]))
  for (const symbol of text) counts.set(symbol, (counts.get(symbol) ?? 0) + 1)
  const expected = text.length / symbols.length
  return [...counts.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
}

/** The value that chi-square exceeds with probability 1e-6 / 44 (Wilson and Hilferty), for 44 looks at it. */
function threshold(degrees: number): number {
  const z = 5.467
  return degrees * (1 - 2 / (9 * degrees) + z * Math.sqrt(2 / (9 * degrees))) ** 3
}

describe('10,000 generated passwords', () => {
  it('have the alphabet, the length, a letter or digit first, and no twin', () => {
    for (const password of passwords) expect(password).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]{42}$/)
    expect(new Set(passwords).size).toBe(count)
  })

  it('have 256 bits or more: every symbol occurs at every place', () => {
    const symbolsAt = (place: number) => new Set(passwords.map((password) => password[place])).size
    const bits = Array.from({ length }, (_, place) => Math.log2(symbolsAt(place)))
    expect(bits.reduce((sum, n) => sum + n, 0)).toBeGreaterThanOrEqual(256)
  })

  it('are uniform at each place and overall (chi-square, p < 1e-6)', () => {
    const first = passwords.map((password) => password[0]).join('')
    expect(chiSquare(first, alphabet.slice(0, 62))).toBeLessThan(threshold(61))
    for (let place = 1; place < length; place += 1) {
      const column = passwords.map((password) => password[place]).join('')
      expect(chiSquare(column, alphabet), `place ${place}`).toBeLessThan(threshold(63))
    }
    const rest = passwords.map((password) => password.slice(1)).join('')
    expect(chiSquare(rest, alphabet)).toBeLessThan(threshold(63))
  })

  it('the test of uniformity finds one symbol that occurs a fifth too seldom', () => {
    const rest = passwords.map((password) => password.slice(1)).join('')
    let seen = 0
    const skewed = rest.replace(/b/g, () => (seen++ % 5 === 0 ? 'a' : 'b'))
    expect(chiSquare(skewed, alphabet)).toBeGreaterThan(threshold(63))
  })

  const envText = passwords.map((password, index) => `P${index}=${password}`).join('\n')

  it('are read the same by dotenv', () => {
    const read = parse(envText)
    expect(passwords.map((_, index) => read[`P${index}`])).toEqual(passwords)
  })

  it('are read the same in a URL, and need no escape there', () => {
    for (const password of passwords) {
      expect(new URL(`redis://:${password}@redis:6379`).password).toBe(password)
      expect(encodeURIComponent(password)).toBe(password)
    }
  })

  it.skipIf(!hasCompose)(
    'are read the same by Compose, beside a Fernet key and a keyring (Compose installed)',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'passwords-'))
      try {
        const fernet = generateFernetKey().reveal()
        const keyring = renderKeyring(generateKeyring()).reveal()
        writeFileSync(join(folder, 'compose.yml'), 'services: { a: { image: a } }\n')
        writeFileSync(join(folder, '.env'), `${envText}\nFERNET=${fernet}\nKEYRING=${keyring}\n`)
        const { stdout, status } = spawnSync('docker', ['compose', 'config', '--environment'], {
          cwd: folder,
          encoding: 'utf8',
          maxBuffer: 2 ** 26,
        })
        expect(status).toBe(0)
        const read = new Map(
          stdout
            .split('\n')
            .map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
        )
        expect(passwords.map((_, index) => read.get(`P${index}`))).toEqual(passwords)
        expect(read.get('FERNET')).toBe(fernet)
        expect(read.get('KEYRING')).toBe(keyring)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )

  it('are good by our own judgement, for every secret that is one', () => {
    for (const password of passwords)
      expect(classify('service-key', password), password).toBe('good')
  })
})

describe('the other generators', () => {
  it('makes Fernet keys of 32 bytes that dotenv reads back', () => {
    const keys = Array.from({ length: 1000 }, () => generateFernetKey().reveal())
    expect(new Set(keys).size).toBe(1000)
    for (const key of keys) {
      expect(key).toMatch(/^[A-Za-z0-9_-]{43}=$/)
      expect(Buffer.from(key, 'base64url')).toHaveLength(32)
      expect(isFernetKey(key)).toBe(true)
      expect(classify('db-encryption-key', key)).toBe('good')
      expect(parse(`K=${key}`).K).toBe(key)
    }
  })

  it('makes user names that MinIO accepts', () => {
    const users = Array.from({ length: 1000 }, generateUser)
    expect(new Set(users).size).toBe(1000)
    for (const user of users) expect(user).toMatch(/^[a-z][a-z0-9]{19}$/)
  })

  it('never shows a secret by accident', () => {
    const password = generatePassword()
    expect(`${password} ${JSON.stringify({ password })}`).toBe('******** {"password":"********"}')
  })
})
