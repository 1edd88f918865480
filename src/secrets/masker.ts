import { Masked } from './masked.ts'
import { mask, type Secret } from './secret.ts'
import { isWellKnown } from './well-known.ts'

/** Shorter values would blank out ordinary words; such passwords are masked by their place instead. */
const shortestLearned = 8

/** Knows the secrets of this run and takes them out of any text. */
export class Masker {
  readonly #known = new Set<string>()
  /** Longer ones first; made when it is asked for. */
  #sorted: readonly string[] | undefined

  /**
   * Remembers a secret, and the forms it takes in a URL and in JSON.
   * Values that everybody knows (`postgres`, `password`) are words, not secrets, and left out.
   */
  learn(secret: Secret | string): void {
    const value = typeof secret === 'string' ? secret : secret.reveal()
    if (value.length < shortestLearned || isWellKnown(value)) return
    this.#sorted = undefined
    this.#known.add(value)
    // Half of a surrogate pair, which JSON can write, has no form in a URL.
    if (!/\p{Cs}/u.test(value)) this.#known.add(encodeURIComponent(value))
    this.#known.add(JSON.stringify(value).slice(1, -1))
  }

  /** Is there a learned secret in this text? For guards, such as the one on process arguments. */
  holdsSecret(text: string): boolean {
    for (const value of this.#known) if (text.includes(value)) return true
    return false
  }

  /** The text without any learned secret; longer secrets first, so that none shows through another. */
  mask(text: string): Masked {
    let result = text
    this.#sorted ??= [...this.#known].sort((a, b) => b.length - a.length)
    for (const value of this.#sorted) {
      if (result.includes(value)) result = result.split(value).join(mask)
    }
    return Masked.trusted(result)
  }
}
