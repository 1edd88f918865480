import { expect, it } from 'vitest'
import { knownTags, newestFinal, newestKnown, stockFiles } from '../../src/release/stock-files.ts'
import { publishedReleases } from './upstream.ts'

const published = publishedReleases()

it.skipIf(published === undefined)(
  'knows commit and checksums of all two hundred releases (upstream)',
  () => {
    const ours = Object.fromEntries(knownTags.map((tag) => [tag, stockFiles(tag)]))
    const theirs = Object.entries(published ?? {}).map(([tag, { commit, sha256 }]) => [
      tag,
      { commit, sha256 },
    ])
    expect(theirs).toHaveLength(200)
    expect(ours).toEqual(Object.fromEntries(theirs))
  },
)

it('every fact has the form of one', () => {
  expect(knownTags).toHaveLength(200)
  for (const tag of knownTags) {
    const files = stockFiles(tag)
    expect(files?.commit, tag).toMatch(/^[0-9a-f]{40}$/)
    for (const sum of Object.values(files?.sha256 ?? {})) expect(sum, tag).toMatch(/^[0-9a-f]{64}$/)
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
