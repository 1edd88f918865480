import type { Case } from '../../controls/control.ts'
import type { Masked } from '../../secrets/masked.ts'
import type { Masker } from '../../secrets/masker.ts'
import type { TakenStep } from '../live-progress.ts'

/** The document of `rotate --json`; its shape is part of the contract. */
export function rotateJson(
  masker: Masker,
  { install, release }: Pick<Case, 'install' | 'release'>,
  done: {
    readonly changed: ReadonlyMap<string, { readonly path: string; readonly kind: string }>
    readonly live: readonly TakenStep[]
    readonly backup: string | null
  },
): Masked {
  const document = {
    version: 1,
    dir: install.directory,
    release: release.tag,
    changes: [...done.changed.values()].map(({ path, kind }) => ({ file: path, kind })),
    live: done.live,
    backup: done.backup,
    next: [],
  }
  return masker.mask(JSON.stringify(document, null, 2))
}
