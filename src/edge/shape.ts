import type { Directive } from '../install/caddyfile/tree.ts'

/** What a directive says, whatever its spelling: words without quotes, blocks without comments. */
export interface Shape {
  readonly words: readonly string[]
  readonly block: readonly Shape[]
}

export function shapeOf({ words, block }: Directive): Shape {
  const texts = words.map(({ text }) => text)
  const isProxy = texts[0] === 'reverse_proxy'
  return {
    words: texts.map((word) => (isProxy ? word.replace(/^http:\/\//, '') : word)),
    block: (block?.directives ?? []).map(shapeOf),
  }
}

export function shape(words: string, ...block: readonly Shape[]): Shape {
  return { words: words.split(' '), block }
}

/** Same words, and in the block the same directives in any order. */
export function sameShape(one: Shape, other: Shape): boolean {
  return keyOf(one) === keyOf(other)
}

export function sameWords(one: Shape, other: Shape): boolean {
  return JSON.stringify(one.words) === JSON.stringify(other.words)
}

function keyOf({ words, block }: Shape): string {
  return JSON.stringify([words, block.map(keyOf).sort()])
}
