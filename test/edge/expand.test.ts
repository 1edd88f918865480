import { describe, expect, test } from 'vitest'
import { expand } from '../../src/edge/follow/expand.ts'
import { parseCaddyfile } from '../../src/install/caddyfile/parse.ts'
import { cpuMs } from '../fuzz/cpu.ts'

const expanded = (text: string, replace = (one: string) => one) =>
  expand(parseCaddyfile(text, 'Caddyfile'), replace)

/** Each snippet hands on what it got, ten times: 946 bytes that ask for 10^8 characters and more. */
function multiplied(levels: number): string {
  const ten = '{args[0]}'.repeat(10)
  const snippets = Array.from({ length: levels }, (_, level) =>
    level === 0 ? `(s0) {\nrespond "${ten}"\n}` : `(s${level}) {\nimport s${level - 1} "${ten}"\n}`,
  )
  return `${snippets.join('\n')}\nexample.com {\nimport s${levels - 1} xxxxxxxxxx\n}\n`
}

describe('a Caddyfile that grows when its snippets are put in place', () => {
  test.each([8, 30])('is not read to its end: %i levels of ten arguments', (levels) => {
    const began = cpuMs()
    const { sites } = expanded(multiplied(levels))
    expect(sites[0]?.unread.map(({ what }) => what)).toEqual(['more text than anybody writes'])
    expect(cpuMs() - began).toBeLessThan(1000)
  })

  test('is read where it stays small', () => {
    const { sites } = expanded(multiplied(3))
    expect(sites[0]?.unread).toEqual([])
    expect(sites[0]?.directives[0]?.words[1]).toHaveLength(10_000)
  })

  test('nor is one that has a long value of the environment in many places', () => {
    const value = 'x'.repeat(600_000)
    const { sites } = expanded('example.com {\nrespond A A\n}\n', (text) =>
      text === 'A' ? value : text,
    )
    expect(sites[0]?.unread).toHaveLength(1)
  })
})
