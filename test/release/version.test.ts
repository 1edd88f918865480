import { describe, expect, it } from 'vitest'
import { compareTags, isCandidate, isReadableTag, isWithin } from '../../src/release/version.ts'
import dates from './dates.json' with { type: 'json' }

const inOrder = [
  '0.39.2',
  '0.40.0',
  '0.53.9',
  '0.53.10',
  '0.53.25',
  '1.0.0-alpha.1',
  '1.0.0-beta.0',
  '1.0.0-beta.9',
  '1.0.0-beta.37',
  '1.0.0-beta.37.post1',
  '1.0.0',
  '1.0.0-beta.38-rc.1',
  '1.0.0-beta.38',
  '1.0.0-beta.44',
  '1.0.0-beta.44.post1-rc.1',
  '1.0.0-beta.44.post1',
  '1.0.0-beta.44.post2',
  '1.0.0-beta.45',
  '1.0.0-beta.48-rc.9',
  '1.0.0-beta.48-rc.10',
  '1.0.0-beta.48',
  '1.0.0-beta.52-rc.10',
  '1.0.0-rc.1',
  '1.0.0.post1',
  '1.0.1',
  '1.1.0-rc.1',
  '1.1.0',
  '1.10.0',
  '2.0.0',
]

describe('compareTags', () => {
  it('orders every kind of tag', () => {
    for (const [i, a] of inOrder.entries())
      for (const [j, b] of inOrder.entries())
        expect(Math.sign(compareTags(a, b)), `${a} and ${b}`).toBe(Math.sign(i - j))
  })

  it('orders all two hundred releases by the day they were cut', () => {
    const cut = new Map(Object.entries(dates))
    const tags = [...cut.keys()].sort(compareTags)
    expect(tags).toHaveLength(200)
    const inOrder = tags.map((tag) => cut.get(tag))
    expect(inOrder).toEqual([...inOrder].sort())
    expect(tags.indexOf('1.0.0')).toBe(tags.indexOf('1.0.0-beta.37') + 1)
    expect(tags.indexOf('1.0.0')).toBe(tags.indexOf('1.0.0-beta.38') - 1)
  })

  it('does not mind a v or a digest', () => {
    expect(compareTags('v1.0.0-beta.51', `1.0.0-beta.51@sha256:${'a'.repeat(64)}`)).toBe(0)
  })

  it('refuses what is no version', () => {
    expect(() => compareTags('latest', '1.0.0')).toThrow(RangeError)
  })
})

it.each([
  'latest',
  'main',
  '',
  ' ',
  'sha256:abc',
  '1.0',
  '1',
  '1.0.0.0',
  '1.0.0-beta',
  '1.0.0-beta51',
  '1.0.0-beta.51 ',
  '1.0.0-beta.51-corp',
  'vv1.0.0',
  '1.0.0\n',
  '1.0.0@sha256:abc',
  '9999999.0.0',
])('%j is no readable tag', (tag) => expect(isReadableTag(tag)).toBe(false))

it('knows a candidate', () => {
  expect(isCandidate('1.0.0-beta.52-rc.10')).toBe(true)
  expect(isCandidate('1.0.0-beta.46.post1')).toBe(false)
})

describe('isWithin', () => {
  it('counts post-releases of the last one in, and later ones out', () => {
    expect(isWithin('1.0.0-beta.44.post1', '1.0.0-beta.40', '1.0.0-beta.44')).toBe(true)
    expect(isWithin('1.0.0-beta.45-rc.1', '1.0.0-beta.40', '1.0.0-beta.44')).toBe(false)
  })
  it('ends a span at a release candidate', () => {
    expect(isWithin('1.0.0-beta.51-rc.12', '1.0.0-beta.0', '1.0.0-beta.51-rc.11')).toBe(false)
    expect(isWithin('1.0.0-beta.51', '1.0.0-beta.0', '1.0.0-beta.51-rc.11')).toBe(false)
  })
})
