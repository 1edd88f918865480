import { describe, expect, test } from 'vitest'
import { parseAnswers } from '../src/answers/parse.ts'
import { expand } from '../src/edge/follow/expand.ts'
import { follow } from '../src/edge/follow/follow.ts'
import { parseCaddyfile } from '../src/install/caddyfile/parse.ts'
import { parseCompose } from '../src/install/compose/parse.ts'
import { parseEnvFile } from '../src/install/env-file/parse.ts'
import { parseHistory } from '../src/plan/history.ts'
import { maskFileText } from '../src/plan/mask/mask-files.ts'
import { parseRecord } from '../src/plan/record.ts'
import { editYaml } from '../src/plan/yaml/edit-yaml.ts'
import { parseKeyring } from '../src/secrets/keyring.ts'
import { Masker } from '../src/secrets/masker.ts'
import { isWhollySecretName } from '../src/secrets/names.ts'
import { parseConnectionUri } from '../src/servers/uri.ts'
import { readTags } from '../src/wizard/provider/xml.ts'
import { isFull } from './full.ts'
import { cpuMs } from './fuzz/cpu.ts'

/** What is repeated: each was slow for some reader, or looks as if it could be. */
const pieces = [
  'a=',
  'a_',
  'a b=',
  '@a',
  'a://b:',
  'a://${a}',
  '${A:-',
  '?a=@',
  ' -u ',
  'curl ',
  'redis-cli ',
  '\\a',
  ' --x "\\" ',
  "'",
  '"',
  '<a>',
  '<!-- -->',
  '<a b="',
  '[',
  '\t',
  '$2a$',
  '-----BEGIN ',
  'JDJhJD',
]

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'mask of a line': (text) => maskFileText('log', text, isWhollySecretName, new Masker()),
  'mask of .env': (text) => maskFileText('.env', `A=${text}`, isWhollySecretName, new Masker()),
  URI: (text) => parseConnectionUri(`redis://${text}`),
  masker: (text) => {
    const masker = new Masker()
    masker.learn(text.slice(0, 64))
    return masker.mask(text)
  },
  XML: (text) => readTags(text),
  'Compose YAML': (text) => parseCompose({ file: 'compose.yaml', text }),
  'a value of Compose YAML': (text) =>
    parseCompose({ file: 'compose.yaml', text: `x-a: ["${text.replaceAll(/["\\]/g, '')}"]` }),
  'override editor': (text) => editYaml(text, [edit], 'compose.override.yaml'),
  Caddyfile: (text) => parseCaddyfile(text, 'Caddyfile'),
  follow: (text) => {
    const edge = expand(parseCaddyfile(`a {\n${text}\n}\n`, 'Caddyfile'), (one) => one)
    const [site] = edge.sites
    return site && follow(edge, site, { method: 'GET', path: '/a', query: new Map() })
  },
  keyring: (text) => parseKeyring(`{"current_key_id": "a", "keys": {"a": "${text}"}}`),
  answers: (text) => parseAnswers(text, 'tracecat-harden.yaml'),
  record: (text) => parseRecord(text, 'written.json'),
  history: (text) => parseHistory(text),
  '.env': (text) => parseEnvFile(`A="${text.replaceAll('"', '')}"`, '.env'),
}

const edit = { op: 'set', path: ['services', 'a', 'init'], value: true } as const

const largest = isFull ? 256 * 1024 : 64 * 1024

describe.each(Object.entries(readers))('%s', (_, read) => {
  test.each(pieces)('%j repeated: twice the size is not four times the work', (piece) => {
    const before = process.memoryUsage().rss
    for (let size = 16 * 1024; size <= largest; size *= 2) {
      const text = piece.repeat(Math.ceil(size / piece.length))
      const began = cpuMs()
      try {
        read(text)
      } catch (error) {
        expect(error).toHaveProperty('name', 'Failure')
      }
      // 256 KB took 16 s where the time was the square of the size. The first 300 ms are the collector's and the compiler's.
      expect(cpuMs() - began).toBeLessThan(300 + (40 * size) / (16 * 1024))
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(512 * 2 ** 20)
  })
})
