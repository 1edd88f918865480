import { describe, expect, test } from 'vitest'
import { parseEnvFile } from '../src/install/env-file/parse.ts'
import { maskFileText } from '../src/plan/mask/mask-files.ts'
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
  '.env': (text) => parseEnvFile(`A="${text.replaceAll('"', '')}"`, '.env'),
}

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
