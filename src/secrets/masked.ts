import { styleText } from 'node:util'

/** Ours alone: what a text brings along is made visible. */
export type Style = 'bold' | 'red' | 'green' | 'cyan'

/**
 * Controls (C0, DEL, C1), format characters (those that turn the direction of writing around: Unicode TR36;
 * zero-width ones; tags), separators of lines and paragraphs, and halves of surrogate pairs. Tabs and line
 * ends stay, as does the CR of a CRLF.
 */
const invisible = /(?!\r\n)[^\P{Cc}\t\n]|[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/**
 * Text that is safe to show. A masked text is not a string: whatever prints takes `Masked`,
 * so that nothing reaches a screen, a log or a report without passing a `Masker`, and no character that a
 * terminal obeys reaches it at all: there is no way to make one without `visible`. Styles are put on after that.
 */
export class Masked {
  readonly #text: string

  private constructor(text: string) {
    this.#text = text
  }

  /** For `Masker` and for literals of the program's own; never for text that came from a file or a process. */
  static trusted(text: string): Masked {
    return new Masked(visible(text))
  }

  /** Lines, one below the other. */
  static lines(lines: readonly Masked[]): Masked {
    return new Masked(lines.map((line) => line.#text).join('\n'))
  }

  styled(style: Style): Masked {
    return new Masked(styleText(style, this.#text, { validateStream: false }))
  }

  split(): readonly Masked[] {
    return this.#text.split('\n').map((line) => new Masked(line))
  }

  /** The text, for the one place that writes it out. */
  reveal(): string {
    return this.#text
  }

  toString(): string {
    return this.#text
  }
}

/**
 * Each such character as JSON writes it, `\u001b`: it can be told from others, and in a document of JSON it
 * is still the same document.
 */
function visible(text: string): string {
  return text.replace(/\r$/, '').replace(invisible, (found) =>
    Array.from({ length: found.length }, (_, at) => {
      return `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`
    }).join(''),
  )
}
