import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { stockFiles } from '../../src/release/stock-files.ts'
import { knownTags, newestFinal, newestKnown } from '../../src/release/tags.ts'
import { compareTags } from '../../src/release/version.ts'
import checksums from '../../templates/checksums.json' with { type: 'json' }
import { describeStock, releases, stock, upstream } from '../stock.ts'
import dates from './dates.json' with { type: 'json' }

const names = ['docker-compose.yml', '.env.example', 'Caddyfile'] as const

describeStock('the checksums', () => {
  it.each(releases)('of %s are those of its files', (tag) => {
    for (const name of names) {
      const sum = createHash('sha256').update(stock(tag, name)).digest('hex')
      expect(stockFiles(tag)?.[name], name).toBe(sum)
    }
  })

  it('of all releases are those in releases.json, where somebody put it beside the files', () => {
    const file = join(upstream, 'releases.json')
    const published: Readonly<Record<string, { sha256: object }>> = existsSync(file)
      ? JSON.parse(readFileSync(file, 'utf8'))
      : {}
    for (const [tag, { sha256 }] of Object.entries(published))
      expect(stockFiles(tag), tag).toEqual(sha256)
  })
})

it('knows every release of which it has the day, and tries some of them in order', () => {
  expect(Object.keys(dates).sort()).toEqual([...knownTags].sort())
  expect(releases).toEqual([...releases].sort(compareTags))
})

it('every tag has its checksums, and stands behind the one before it', () => {
  expect(knownTags).toHaveLength(200)
  expect(knownTags).toEqual(Object.keys(checksums).sort(compareTags))
  for (const tag of knownTags) {
    const sums = stockFiles(tag) ?? {}
    expect(Object.keys(sums), tag).toEqual(['docker-compose.yml', '.env.example', 'Caddyfile'])
    for (const sum of Object.values(sums)) expect(sum, tag).toMatch(/^[0-9a-f]{64}$/)
  }
})

it('names the newest', () => {
  expect(newestFinal).toBe('1.0.0-beta.51')
  expect(newestKnown).toBe('1.0.0-beta.52-rc.10')
})

it('finds a tag with v or digest, and does not guess others', () => {
  expect(stockFiles('v0.40.0')).toBe(stockFiles('0.40.0'))
  expect(stockFiles('1.0.0-beta.51@sha256:abc')).toBe(stockFiles('1.0.0-beta.51'))
  for (const tag of ['0.39.2', '1.0.0-beta.48-rc.18', 'latest', '', '__proto__'])
    expect(stockFiles(tag)).toBeUndefined()
})
