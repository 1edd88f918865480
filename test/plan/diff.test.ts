import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DiffOptions, unifiedDiff } from '../../src/plan/diff.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { cpuMs } from '../fuzz/cpu.ts'

const diff = (
  path: string,
  before: string | undefined,
  after: string | undefined,
  options: Partial<DiffOptions> = {},
): string[] =>
  unifiedDiff(path, before, after, { masker: new Masker(), ...options }).map((line) =>
    line.reveal(),
  )

describe('unifiedDiff', () => {
  test('a changed secret is masked on both sides, an unchanged one shows no change', () => {
    const before = 'A=1\nDB_PASSWORD=old\nSERVICE_KEY=same\nB=2\n'
    const after = 'A=1\nDB_PASSWORD=new\nSERVICE_KEY="same"\nB=3\n'
    expect(diff('.env', before, after)).toEqual([
      '--- .env',
      '+++ .env',
      '@@ -1,4 +1,4 @@',
      ' A=1',
      '-DB_PASSWORD=********',
      '-SERVICE_KEY=********',
      '-B=2',
      '+DB_PASSWORD=******** (new)',
      '+SERVICE_KEY="********"',
      '+B=3',
    ])
    expect(diff('.env', before, 'A=1\nDB_PASSWORD=old\nSERVICE_KEY=same\nB=2\n')).toEqual([])
  })

  test('a secret within a URI, in YAML', () => {
    expect(
      diff('o.yml', 'a:\n  u: redis://:old@r\n  k: v\n', 'a:\n  u: redis://:${P}@r\n  k: v\n'),
    ).toEqual([
      '--- o.yml',
      '+++ o.yml',
      '@@ -1,3 +1,3 @@',
      ' a:',
      '-  u: redis://:********@r',
      '+  u: redis://:${P}@r',
      '   k: v',
    ])
  })

  test('files that come and go, a missing last line break, CRLF, control characters', () => {
    expect(diff('c/Caddyfile', undefined, 'a\n')).toEqual([
      '--- /dev/null',
      '+++ c/Caddyfile',
      '@@ -0,0 +1,1 @@',
      '+a',
    ])
    expect(diff('x', 'a\r\nb\u001b[2J', undefined)).toEqual([
      '--- x',
      '+++ /dev/null',
      '@@ -1,2 +0,0 @@',
      '-a',
      '-b\\u001b[2J',
      '\\ No newline at end of file',
    ])
  })

  test('two long texts with nothing in common are shown whole, and soon', () => {
    const lines = (word: string) =>
      Array.from({ length: 60_000 }, (_, index) => `${word}${index}`).join('\n')
    const began = cpuMs()
    const shown = diff('notes.txt', `${lines('a')}\n`, `${lines('b')}\n`)
    expect(cpuMs() - began).toBeLessThan(5_000)
    expect(shown.slice(2, 4)).toEqual(['@@ -1,60000 +1,60000 @@', '-a0'])
    expect(shown.at(-1)).toBe('+b59999')
  })

  test('the masker and the context are asked', () => {
    const masker = new Masker()
    masker.learn('learned-secret')
    const lines = diff('x', 'a\nb\nc\nd\n', 'a\nb\nc\nlearned-secret\n', { masker, context: 1 })
    expect(lines.slice(2)).toEqual(['@@ -3,2 +3,2 @@', ' c', '-d', '+********'])
  })
})

/** Places for a secret `%`, by the file that they stand in. */
const places: Readonly<Record<string, readonly string[]>> = {
  '.env': [
    'PASSWORD=%',
    'export API_TOKEN = "%"',
    "CLIENT_SECRET='%' # note",
    'DB_URI=postgresql://user:%@db:5432/x?y=z',
    '# OLD_PASSWORD=%',
    'SERVICE_KEY=% # %',
    'PRIVATE_KEY="first\n%\nlast" # c',
    'SENTRY_DSN=https://%@sentry.example.com/1',
    'KEYRING={"a":{"b":"%"}}',
    'ARGS=--requirepass % --other',
    'PASSWORD=${OTHER:-%}',
    'UNSET_KEY=',
    'NOTE=nothing here',
  ],
  'docker-compose.override.yml': [
    'a?: {PASSWORD: "%", B: c}',
    'b?:\n  - API_KEY=%\n  - "TOKEN=a %"',
    'c?:\n  SECRET: |\n    %\n    more %\n  other: x',
    'd?:\n  command: ["redis-server", "--requirepass", "%"]',
    'e?:\n  url: redis://:%@redis:6379 # was redis://:%@old',
    'f?: &anchor? %\ng?:\n  PASSWORD: *anchor?',
    'h?:\n  content: |\n    requirepass %\n    maxmemory 1gb',
    'i?:\n  KEY: "%\n    %"',
    'j?:\n  # TOKEN: %\n  k: v',
  ],
  Caddyfile: [
    'header_up Authorization "Bearer %"',
    'reverse_proxy https://u:%@host',
    'api_token %',
    'x # password: %',
    '-----BEGIN PRIVATE KEY-----\n%\n%\n-----END PRIVATE KEY-----',
  ],
}

/** Characters that mean something to one of the readers; the token inside tells a leak. */
const around = fc.constantFrom('', '', '#', '@', '/', '$', '=', '%', '+', '.', '~', ',', ';')

function textOf(
  path: string,
  picks: readonly [number, string, string][],
): { text: string; tokens: string[] } {
  const tokens: string[] = []
  const parts = picks.map(([pick, left, right], index) => {
    const rows = places[path] ?? []
    const row = (rows[pick % rows.length] ?? '').replaceAll('?', String(index))
    return row.replaceAll('%', () => {
      const token = `s3cr3t${index}x${tokens.length}`
      tokens.push(token)
      const isInFlow = path.endsWith('.yml') && left === ','
      return `${token}${isInFlow ? '' : left}${token}${right === '#' ? '' : right}`
    })
  })
  return { text: `${parts.join('\n')}\n`, tokens }
}

const picks = fc.array(fc.tuple(fc.nat(50), around, around), { minLength: 1, maxLength: 8 })

test('no secret of either text is in the diff, nor a part of one', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.keys(places)), picks, picks, (path, old, wanted) => {
      const before = textOf(path, old).text.replaceAll('s3cr3t', 'b3f0r3')
      const after = textOf(path, wanted).text
      const shown = [
        ...diff(path, before, after),
        ...diff(path, undefined, after),
        ...diff(path, before, undefined),
      ].join('\n')
      expect(shown).not.toMatch(/s3cr3t|b3f0r3/)
    }),
    { numRuns: 300 },
  )
})
