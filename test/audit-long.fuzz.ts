import { describe, expect, test } from 'vitest'
import { runAudit, stockFolder } from './commands/installs.ts'
import { chosen } from './full.ts'
import { cpuMs } from './fuzz/cpu.ts'
import { bases } from './fuzz/installs.ts'

/** Just below what is still read. */
const size = 500 * 1024

const pieces = [
  'a',
  'A_',
  '0',
  ' ',
  '\t',
  '\n',
  '\r\n',
  '/',
  '.',
  './',
  '-',
  '- ',
  ':',
  ': ',
  '@',
  '=',
  '$',
  '$$',
  '${',
  '${A',
  '${A:-',
  '}',
  '{',
  '{$A:',
  '{}',
  '[',
  '"',
  "'",
  '`',
  '\\',
  '#',
  '# a',
  ',',
  'a,',
  'a:',
  'a b',
  '<',
  '<<',
  '*',
  '&a ',
  '!a ',
  '|',
  '%',
  '://',
  'a@',
  'Caddyfile',
  'é',
  '🙂',
  'k: v\n',
  'A=b\n',
  'A="b"\n',
  '- a\n',
  'a {\n}\n',
  'respond 403\n',
  '\ufeff',
  '\u2028',
]

/** Where a long text can stand in each file. */
const places: Readonly<Record<string, (long: string) => string>> = {
  'docker-compose.yml': (long) => long,
  'docker-compose.yml, in a value': (long) =>
    `${bases[0]?.['docker-compose.yml'] ?? ''}\nx-long: ${JSON.stringify(long.slice(0, size - 100_000))}\n`,
  'docker-compose.yml, in a command': (long) =>
    `services:\n  api:\n    image: tracecat:1.0.0-beta.51\n    command: ${JSON.stringify(long.slice(0, size - 100_000))}\n`,
  '.env': (long) => long,
  '.env, in a value': (long) => `${bases[0]?.['.env'] ?? ''}\nLONG=${long}\n`,
  '.env, in a URI': (long) =>
    `${(bases[0]?.['.env'] ?? '').replace(/^REDIS_URL=.*$/m, '')}\nREDIS_URL='redis://${long.replaceAll("'", '')}'\nTRACECAT__DB_URI='${long.replaceAll("'", '')}'\nTRACECAT__AUTH_ALLOWED_DOMAINS='${long.slice(0, 1000).replaceAll("'", '')}'\n`.slice(
      0,
      size,
    ),
  Caddyfile: (long) => long,
  'Caddyfile, behind a route': (long) => `${bases[0]?.Caddyfile ?? ''}\n${long}`,
  'Caddyfile, in a word': (long) => `:80 {\n\treverse_proxy ${long.replaceAll('\n', '')}\n}\n`,
  'tracecat-harden.yaml': (long) => long.slice(0, 60_000),
}

/** All pieces in all places; else every piece in one place, and as many as that in each place. */
const tried = Object.entries(places).map(([place, put], row) => ({
  place,
  put,
  pieces: chosen(
    [...pieces.entries()],
    ([column]) => (row + column) % Object.keys(places).length === 0,
  ),
}))

describe.each(tried)('$place', ({ place, put, pieces }) => {
  test.each(
    pieces.map(([, piece]) => [JSON.stringify(piece), piece]),
  )('half a megabyte of %s takes less than two seconds', async (_, piece) => {
    const text = put(piece.repeat(Math.ceil(size / piece.length)).slice(0, size - 50_000))
    const folder = stockFolder({ [place.split(',')[0] ?? '']: text })
    const began = cpuMs()
    const { exitCode } = await runAudit([folder])
    expect(cpuMs() - began).toBeLessThan(2000)
    expect([1, 2, 3]).toContain(exitCode)
  })
})
