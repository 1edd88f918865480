import { Failure } from '../../failure.ts'
import { tokenize } from './lexer.ts'
import { beginsLine, type Token } from './token.ts'
import type { Block, Caddyfile, Directive, Entry } from './tree.ts'

/**
 * Reads a Caddyfile as Caddy's own parser does (caddyconfig/caddyfile, compared with `caddy adapt`
 * 2.11). Imports are not followed, `{$NAME}` is not replaced. Throws a Failure with file and line
 * for what Caddy refuses, and for three things that it takes but nobody means: a quoted brace, a
 * directive behind a `}` on the same line, and a quote that is never closed.
 */
export function parseCaddyfile(text: string, file: string): Caddyfile {
  const { tokens, comments } = tokenize(text, file)
  const entries = new Parser(tokens, text, file).entries()
  return { file, text, entries, comments }
}

/** Nobody writes blocks in more blocks, and what reads them calls itself for each. */
const deepest = 50

class Parser {
  #depth = 0
  readonly #tokens: readonly Token[]
  readonly #text: string
  readonly #file: string
  #at = 0

  constructor(tokens: readonly Token[], text: string, file: string) {
    this.#tokens = tokens
    this.#text = text
    this.#file = file
    for (const token of tokens)
      if (token.quote !== '' && (token.text === '{' || token.text === '}'))
        this.#fail(token, 'Caddy takes a quoted brace for the start or end of a block')
  }

  entries(): readonly Entry[] {
    const entries: Entry[] = []
    for (;;) {
      const first = this.#peek()
      if (first === undefined) return entries
      const entry = this.#entry(first)
      const mayPrecedeGlobal = entries.every(({ kind }) => kind === 'snippet' || kind === 'import')
      if (entry.kind === 'global' && !mayPrecedeGlobal)
        this.#fail(first, 'A block without an address holds the global options and must come first')
      entries.push(entry)
    }
  }

  #entry(first: Token): Entry {
    const { start, line } = first
    if (first.text === 'import') {
      const directive = this.#directive(false)
      return { kind: 'import', directive, start, end: directive.end, line }
    }
    const { addresses, open } = this.#addresses()
    const name = addresses.length === 1 ? (addresses[0] ?? '') : ''
    const kind = /^\(.*\)$/.test(name) ? 'snippet' : /^&\(.*\)$/.test(name) ? 'named-route' : 'site'
    if (open === undefined) {
      if (kind !== 'site') this.#fail(first, `${name} needs a block in braces`)
      const block = this.#unbraced()
      return { kind: 'site', addresses, braces: false, block, start, end: block.end, line }
    }
    const { block, end } = this.#block(open, false)
    if (addresses.length === 0) return { kind: 'global', block, start, end, line }
    if (kind === 'site') return { kind, addresses, braces: true, block, start, end, line }
    return { kind, name: name.slice(name.indexOf('(') + 1, -1), block, start, end, line }
  }

  /** The addresses before a block; without `open` the rest of the file is one site. */
  #addresses(): { addresses: readonly string[]; open: Token | undefined } {
    const addresses: string[] = []
    let another = false
    for (;;) {
      const token = this.#peek()
      if (token === undefined) {
        if (another) this.#fail(this.#before(), 'Another address should follow the comma')
        return { addresses, open: undefined }
      }
      if (addresses.length > 0 && !another && beginsLine(this.#before(), token)) {
        if (token.text !== '{') return { addresses, open: undefined }
      }
      this.#at += 1
      if (token.text === '{') {
        if (another) this.#fail(token, 'Another address should follow the comma')
        return { addresses, open: token }
      }
      if (token.text.startsWith('@'))
        this.#fail(token, `The matcher ${token.text} stands outside of a site`)
      if (token.text === '}' || token.text.endsWith('{'))
        this.#fail(token, `"${token.text}" is no address`)
      another = token.text.endsWith(',')
      const address = another ? token.text.slice(0, -1) : token.text
      if (address !== '') addresses.push(address)
    }
  }

  #unbraced(): Block {
    const start = this.#before()?.end ?? 0
    const directives: Directive[] = []
    while (this.#peek() !== undefined) directives.push(this.#directive(false))
    return { directives, start, end: directives.at(-1)?.end ?? start }
  }

  /** What follows the brace `open`, up to its partner; `end` is behind that. */
  #block(open: Token, nested: boolean): { block: Block; end: number } {
    const directives: Directive[] = []
    this.#depth += 1
    if (this.#depth > deepest) this.#fail(open, `More than ${deepest} blocks in each other`)
    for (;;) {
      const token = this.#peek()
      if (token === undefined) this.#fail(open, 'A { has no }')
      if (token.text === '}') {
        this.#at += 1
        this.#depth -= 1
        return { block: { directives, start: open.end, end: token.start }, end: token.end }
      }
      directives.push(this.#directive(nested))
    }
  }

  #directive(nested: boolean): Directive {
    const first = this.#take()
    if (first.text === '{' || first.text === '}')
      this.#fail(first, `A ${first.text} stands where a directive should`)
    const words = [first]
    const whole = (block: Block | undefined, end: number): Directive => {
      return { name: first.text, words, block, start: first.start, end, line: first.line }
    }
    for (;;) {
      const token = this.#peek()
      const end = this.#before()?.end ?? first.end
      if (token === undefined) return whole(undefined, end)
      if (token.text === '{') {
        this.#checkOpening(token)
        this.#at += 1
        const opened = this.#block(token, true)
        this.#checkClosed()
        return whole(opened.block, opened.end)
      }
      if (beginsLine(this.#before(), token) || (nested && token.text === '}'))
        return whole(undefined, end)
      if (token.text === '}') this.#fail(token, 'A } has no {')
      words.push(this.#take())
      const next = this.#peek()
      const lineEnds = next === undefined || beginsLine(token, next)
      if (token.text === '{}' && token.quote === '' && lineEnds)
        this.#fail(token, 'A {} stands at the end of a line')
    }
  }

  #checkOpening(open: Token): void {
    if (beginsLine(this.#before(), open)) this.#fail(open, 'A { stands on a line of its own')
    const next = this.#tokens[this.#at + 1]
    if (next !== undefined && !beginsLine(open, next))
      this.#fail(next, `"${next.text}" stands behind a { on the same line`)
  }

  #checkClosed(): void {
    const next = this.#peek()
    if (next !== undefined && next.text !== '}' && !beginsLine(this.#before(), next))
      this.#fail(next, `"${next.text}" stands behind a } on the same line`)
  }

  #peek(): Token | undefined {
    return this.#tokens[this.#at]
  }

  #before(): Token | undefined {
    return this.#tokens[this.#at - 1]
  }

  #take(): Token {
    const token = this.#peek()
    if (token === undefined) this.#fail(this.#before(), 'The file ends too early')
    this.#at += 1
    return token
  }

  #fail(token: Token | undefined, message: string): never {
    const line = token?.line ?? this.#text.split('\n').length
    throw new Failure('badInput', message, {
      where: { file: this.#file, line },
      remedy: 'Compare with what `caddy validate` says about the file.',
    })
  }
}
