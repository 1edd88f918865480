/**
 * Text that is safe to show. A masked text is not a string: whatever prints takes `Masked`,
 * so that nothing reaches a screen, a log or a report without passing a `Masker`.
 */
export class Masked {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  /** For `Masker` and for literals of the program's own; never for text that came from a file or a process. */
  static trusted(text: string): Masked {
    return new Masked(text)
  }

  /** The text, for the one place that writes it out. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return this.#text
  }
}
