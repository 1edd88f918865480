import { Masked } from './masked.ts'
import { mask, type Secret } from './secret.ts'
import { isWellKnown } from './well-known.ts'

/** Shorter values would blank out ordinary words; such passwords are masked by their place instead. */
const shortestLearned = 8

/** Knows the secrets of this run and takes them out of any text. */
export class Masker {
  readonly #known = new Set<string>()
  /** The same by their first characters, longer ones first; made when it is asked for. */
  #byStart: Starts | undefined

  /**
   * Remembers a secret, and the forms it takes in a URL, in JSON and in base64.
   * Values that everybody knows (`postgres`, `password`) are words, not secrets, and left out.
   */
  learn(secret: Secret | string): void {
    const value = typeof secret === 'string' ? secret : secret.reveal()
    if (value.length < shortestLearned || isWellKnown(value)) return
    this.#byStart = undefined
    this.#known.add(value)
    // Half of a surrogate pair, which JSON can write, has no form in a URL.
    if (!/\p{Cs}/u.test(value)) this.#known.add(encodeURIComponent(value))
    this.#known.add(JSON.stringify(value).slice(1, -1))
    for (const form of inBase64(value)) this.#known.add(form)
  }

  /** Is there a learned secret in this text? For guards, such as the one on process arguments. */
  holdsSecret(text: string): boolean {
    return !this.#places(text).next().done
  }

  /**
   * The text without any learned secret, in time that grows with the text, not with what was learned. Where
   * secrets overlap, nothing of either shows.
   */
  mask(text: string): Masked {
    return Masked.trusted(this.withoutSecrets(text))
  }

  /** The same as data: for a document, which is made visible as a whole when it is printed. */
  withoutSecrets(text: string): string {
    let result = ''
    let shownTo = 0
    let hiddenTo = 0
    for (const [start, end] of this.#places(text)) {
      if (start >= hiddenTo) result += text.slice(shownTo, start) + mask
      hiddenTo = Math.max(hiddenTo, end)
      shownTo = hiddenTo
    }
    return result + text.slice(shownTo)
  }

  /** Where known secrets stand, by their start; of those that start at one place the longest. */
  *#places(text: string): Generator<readonly [start: number, end: number]> {
    if (this.#known.size === 0) return
    this.#byStart ??= byStart(this.#known)
    const { groups, marks } = this.#byStart
    for (let at = 0; at + shortestLearned <= text.length; at += 1) {
      if (marks[markOf(text, at)] === 0) continue
      const found = groups
        .get(text.slice(at, at + shortestLearned))
        ?.find((value) => text.startsWith(value, at))
      if (found !== undefined) yield [at, at + found.length]
    }
  }
}

interface Starts {
  readonly groups: ReadonlyMap<string, readonly string[]>
  /** 1 at the mark of each start: at nearly every place of a text this says that none is there. */
  readonly marks: Uint8Array
}

const countOfMarks = 1 << 12

/** A number made of the four characters at a place. */
function markOf(text: string, at: number): number {
  const low = text.charCodeAt(at) ^ (text.charCodeAt(at + 1) << 2)
  const high = (text.charCodeAt(at + 2) << 4) ^ (text.charCodeAt(at + 3) << 6)
  return (low ^ high) & (countOfMarks - 1)
}

function byStart(known: Iterable<string>): Starts {
  const groups = new Map<string, string[]>()
  for (const value of [...known].sort((a, b) => b.length - a.length)) {
    const start = value.slice(0, shortestLearned)
    const group = groups.get(start)
    if (group === undefined) groups.set(start, [value])
    else group.push(value)
  }
  const marks = new Uint8Array(countOfMarks)
  for (const start of groups.keys()) marks[markOf(start, 0)] = 1
  return { groups, marks }
}

/**
 * What of the secret can be seen in base64, whatever stands before and behind it: three bytes are four
 * characters, so that there are three ways, and those at either end hold bits of the neighbors as well.
 */
function inBase64(value: string): readonly string[] {
  const bytes = Buffer.from(value)
  return [0, 1, 2].flatMap((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes])
    const from = Math.ceil((before * 8) / 6)
    const to = Math.floor((all.length * 8) / 6)
    const forms = (['base64', 'base64url'] as const).map((way) => all.toString(way).slice(from, to))
    return [...new Set(forms)].filter((form) => form.length >= shortestLearned)
  })
}
