import type { Comment, Token } from './token.ts'

/** A directive, an option or a matcher: its words, and the block that its last word opens. */
export interface Directive {
  /** The first word. */
  readonly name: string
  /** All words before the block, the name included. */
  readonly words: readonly Token[]
  readonly block: Block | undefined
  readonly start: number
  readonly end: number
  readonly line: number
}

/** What stands between two braces. `start` is behind the `{`, `end` before the `}`. */
export interface Block {
  readonly directives: readonly Directive[]
  readonly start: number
  readonly end: number
}

interface Range {
  readonly start: number
  readonly end: number
  readonly line: number
}

/** What can stand outside of all braces. */
export type Entry =
  | (Range & { readonly kind: 'global'; readonly block: Block })
  | (Range & {
      readonly kind: 'snippet' | 'named-route'
      readonly name: string
      readonly block: Block
    })
  | (Range & { readonly kind: 'import'; readonly directive: Directive })
  /** A site without braces has a block that reaches to the end of the file. */
  | (Range & {
      readonly kind: 'site'
      readonly addresses: readonly string[]
      readonly braces: boolean
      readonly block: Block
    })

/** A Caddyfile, read without loss: everything is a range of `text`. */
export interface Caddyfile {
  readonly file: string
  readonly text: string
  readonly entries: readonly Entry[]
  readonly comments: readonly Comment[]
}
