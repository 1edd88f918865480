import type { Masked } from './masked.ts'
import type { Masker } from './masker.ts'
import { Hidden } from './secret.ts'

/**
 * Text as it stood in a file or on the host, which may hold a secret. The one way out of it is a Masker
 * that has learned this run's secrets; converted by accident it turns into asterisks.
 */
export class Sealed extends Hidden {
  readonly #text: string

  constructor(text: string) {
    super()
    this.#text = text
  }

  through(masker: Masker): Masked {
    return masker.mask(this.#text)
  }
}
