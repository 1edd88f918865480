import { describe, expect, test } from 'vitest'
import { Masked } from '../../src/secrets/masked.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { Secret } from '../../src/secrets/secret.ts'

describe('what a terminal obeys is written as JSON writes it', () => {
  test.each([
    ['\u001b[2Jgone', '\\u001b[2Jgone'],
    ['\u001b]0;title\u0007', '\\u001b]0;title\\u0007'],
    ['\u0085\u009b\u007f', '\\u0085\\u009b\\u007f'],
    ['a\u202egnp.exe', 'a\\u202egnp.exe'],
    ['\u2066\u2069\u200e\u200f\u061c', '\\u2066\\u2069\\u200e\\u200f\\u061c'],
    ['\u2028\u2029\u200b\ufeff', '\\u2028\\u2029\\u200b\\ufeff'],
    ['over\rwritten\r', 'over\\u000dwritten'],
    ['half \ud83d', 'half \\ud83d'],
    ['tag \u{e0041}', 'tag \\udb40\\udc41'],
    ['one\r\ntwo\tthree\n', 'one\r\ntwo\tthree\n'],
    ['Grüße, 東京 🙂', 'Grüße, 東京 🙂'],
  ])('%j', (text, shown) => {
    for (const masked of [Masked.trusted(text), new Masker().mask(text)])
      expect(masked.reveal()).toBe(shown)
    expect(
      Masked.lines([Masked.trusted(text)])
        .split()
        .map(String)
        .join('\n'),
    ).toBe(shown)
  })

  test('whatever character it is that takes no room', () => {
    const obeyed = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
    for (let code = 0; code <= 0x10ffff; code += 1) {
      const one = String.fromCodePoint(code)
      if (!obeyed.test(one) || one === '\n' || one === '\t') continue
      expect(Masked.trusted(`<${one}>`).reveal()).toMatch(/^<(?:\\u[\da-f]{4})+>$/)
    }
  })
})

test('a document of JSON stays the same document', () => {
  const document = { name: 'a\u202e\u001b\u009b\u2028\u{e0041}\ud800', list: ['\r\n\t"\\'] }
  const shown = new Masker().mask(JSON.stringify(document, null, 2)).reveal()
  expect(shown).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u)
  expect(JSON.parse(shown)).toEqual(document)
})

test('a secret with such a character in it is masked first', () => {
  const masker = new Masker()
  masker.learn(new Secret('secret\u202ewith\u0007it'))
  expect(masker.mask('<secret\u202ewith\u0007it>').reveal()).toBe('<********>')
  expect(masker.mask(JSON.stringify('secret\u202ewith\u0007it')).reveal()).toBe('"********"')
})

test('only our own style gets through', () => {
  const masked = Masked.trusted('\u001b[31mred').styled('bold')
  expect(masked.reveal()).toBe('\u001b[1m\\u001b[31mred\u001b[22m')
})
