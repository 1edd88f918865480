/** What stands in every output where a secret was. */
export const mask = '********'

/** What turns into asterisks wherever it is converted to text by accident (template strings, JSON, `console.log`). */
export abstract class Hidden {
  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return mask
  }
}

/** A secret value; only `reveal()` gives it. */
export class Secret extends Hidden {
  readonly #value: string

  constructor(value: string) {
    super()
    this.#value = value
  }

  reveal(): string {
    return this.#value
  }

  equals(other: Secret): boolean {
    return this.#value === other.#value
  }
}
