import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCopies } from '../../src/surroundings/open-copies.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'

const key = 'TRACECAT__DB_ENCRYPTION_KEY=7Yb0Xr3iQmW9c5tT1sJ8dK2fL6gH4nV0aZxCvBnMqWE='

async function copiesOf(files: Readonly<Record<string, { text: string; mode: number }>>) {
  const folder = temporaryFolder()
  for (const [name, { text, mode }] of Object.entries(files)) {
    writeFileSync(join(folder, name), text)
    chmodSync(join(folder, name), mode)
  }
  return await openCopies(fakeWorld(), folder, Object.keys(files), '.env.prod')
}

test.each([
  ['.env.bak', `A=1\n${key}\n`],
  ['.env~', `export ${key}\r\n`],
  ['.env_2026', 'MY_TOKEN="real-token-of-mine"\n'],
  ['.env-old', `"broken\n${key}`],
  ['.env', key],
])('%s that everybody may read', async (name, text) => {
  const [found, ...more] = await copiesOf({ [name]: { text, mode: 0o644 } })
  expect(found).toMatchObject({ path: name, mode: 0o644 })
  expect(found?.holds).toHaveLength(1)
  expect(more).toEqual([])
})

test.each([
  ['only its owner and group read it', '.env.bak', key, 0o640],
  ['it is what Compose is told to read', '.env.prod', key, 0o644],
  ['it is nothing of .env', 'notes', key, 0o644],
  ['it holds a reference', '.env.bak', 'MY_SECRET=${OTHER_SECRET}', 0o644],
  ['it holds what everybody knows', '.env.bak', 'TRACECAT__POSTGRES_PASSWORD=postgres', 0o644],
  ['it holds nothing', '.env.bak', 'MY_SECRET=\nNAME=x', 0o644],
])('none where %s', async (_, name, text, mode) => {
  expect(await copiesOf({ [name]: { text, mode } })).toEqual([])
})

test('what a release brings holds placeholders', async () => {
  const templates = join(import.meta.dirname, '../../templates')
  for (const path of ['env/tracecat.env', 'example/dot-env']) {
    const text = readFileSync(join(templates, path), 'utf8')
    expect(await copiesOf({ '.env.example': { text, mode: 0o644 } })).toEqual([])
  }
})

test('a folder of such a name, or a file too large to be one', async () => {
  const folder = temporaryFolder()
  mkdirSync(join(folder, '.env.d'))
  writeFileSync(join(folder, '.env.bak'), `${key}\n`.padEnd(600_000, '#'), { mode: 0o644 })
  expect(
    await openCopies(fakeWorld(), folder, ['.env.d', '.env.bak', '.env.gone'], '.env'),
  ).toEqual([])
})
