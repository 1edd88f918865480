import type { Masker } from '../secrets/masker.ts'
import type { World } from '../world/world.ts'

/** Prints text for people: beside the document where there is one. */
export function printer(
  { terminal }: World,
  masker: Masker,
  { json }: { readonly json: boolean },
): (text: string) => void {
  return (text) => {
    const line = masker.mask(text)
    if (json) terminal.err(line)
    else terminal.out(line)
  }
}
