import { describe, expect, test } from 'vitest'
import { addedTo } from '../../src/edge/added.ts'
import { carryOver } from '../../src/edge/carry.ts'
import { foldEdge } from '../../src/edge/fold.ts'
import type { EdgePart } from '../../src/edge/parts.ts'
import { renderCaddyfile } from '../../src/edge/render.ts'
import { modes, newest, sessionCookie, signUp, site, stockLike, trusted } from './samples.ts'

const ours: readonly EdgePart[] = [
  site(modes['load-balancer']),
  ...newest,
  sessionCookie,
  signUp('192.0.2.0/24'),
  trusted('10.0.0.0/8'),
]

function render(...more: EdgePart[]): string {
  return renderCaddyfile(foldEdge([...ours, ...more]))
}

const stock = carryOver(
  stockLike({
    before:
      '# first of all\n(common) {\n  encode gzip\n}\n{\n  debug\n  servers {\n    protocols h1\n  }\n}\n',
    site: '  # ask Ada\n  handle /custom* {\n    respond a\n  }\n  import common\n  header +A b\n  header +A b',
    after: 'other.example.com {\n  respond b\n}\n',
  }).replace('http://ui:3000', 'http://ui:3000 {\n    header_down -Via\n  }'),
  'Caddyfile',
).parts

function edited(text: string): string {
  return text
    .replace('\n\tservers {', '\n\tgrace_period 9s\n\tservers {')
    .replace('\t\ttrusted_proxies_strict', '\t\ttrusted_proxies_strict\n\t\tmax_header_size 1MB')
    .replace(
      '\thandle_path /api* {',
      '\t# mine\n\trespond /health 200 # checked\n\n\t# alone\n\n\thandle_path /api* {',
    )
    .replace('flush_interval -1', 'flush_interval -1\n\t\t\theader_up X-A b')
    .concat('\n# about the next\nlast.example.com {\n\trespond c\n}\n# the end\n')
}

describe('what was added to our file', () => {
  test('is nothing where nothing was', () => {
    expect(addedTo(render(), render())).toEqual({ additions: [], ourPartsChanged: false })
    const retyped = render().replaceAll('\t', '    ').replaceAll('\n', '\r\n').replaceAll('`', '`')
    expect(addedTo(render(), retyped)).toEqual({ additions: [], ourPartsChanged: false })
  })

  test('is found wherever it stands', () => {
    const { additions, ourPartsChanged } = addedTo(render(), edited(render()))
    expect(ourPartsChanged).toBe(false)
    expect(additions.map(({ place, text }) => [place, text])).toEqual([
      ['global', '\tgrace_period 9s'],
      ['global', '\tservers {\n\t\tmax_header_size 1MB\n\t}'],
      ['site', '\t# mine\n\trespond /health 200 # checked'],
      ['site', '\t\t\theader_up X-A b'],
      ['outside', '# about the next\nlast.example.com {\n\trespond c\n}'],
      ['site', '\t# alone'],
      ['outside', '# the end'],
    ])
  })

  test('comes out again, and then the file stands still', () => {
    for (const first of [render(), render(...stock)]) {
      const found = addedTo(first, edited(first))
      const second = render(...found.additions)
      for (const { text } of found.additions.filter(({ place }) => place !== 'global'))
        expect(second).toContain(text)
      for (const written of [first, second]) {
        const again = addedTo(written, second)
        expect(again.ourPartsChanged).toBe(false)
        expect(render(...again.additions)).toBe(second)
      }
    }
  })

  test('includes what we had carried, in its order, and meets the same text from the stock file', () => {
    const first = render(...stock)
    const again = addedTo(first, first)
    expect(again.ourPartsChanged).toBe(false)
    expect(again.additions).toHaveLength(stock.length)
    expect(render(...again.additions)).toBe(first)
    expect(render(...again.additions, ...stock)).toBe(first)
    expect(addedTo(render(), first).additions).toEqual(again.additions)
  })

  test('a part that we carried may go', () => {
    const first = render(...stock)
    const fewer = first.replace('  import common\n', '')
    const { additions, ourPartsChanged } = addedTo(first, fewer)
    expect(ourPartsChanged).toBe(false)
    expect(additions).toHaveLength(stock.length - 1)
  })

  test.each([
    ['a guard is opened', '\t\trespond 403\n', '\t\trespond 200\n'],
    ['a guard is gone', '\trequest_header -X-Tracecat-Service-Key\n', ''],
    ['a guard has more in it', '\t\trespond 404\n', '\t\theader X a\n\t\trespond 404\n'],
    ['the trust is wider', 'static 10.0.0.0/8', 'static 0.0.0.0/0'],
    ['a route leads elsewhere', 'http://mcp:8099', 'http://other:8099'],
    ['the site listens elsewhere', 'http://:80 {', 'http://:8080 {'],
    ['everything is gone', /^.*$/s, ''],
  ])('ours changed: %s', (_what, from, to) => {
    const current = render().replace(from, to)
    expect(current).not.toBe(render())
    expect(addedTo(render(), current).ourPartsChanged).toBe(true)
  })
})
