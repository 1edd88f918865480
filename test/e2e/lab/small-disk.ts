import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'

/** A small file system of its own, to be filled up. */
export interface SmallDisk {
  readonly folder: string
  /** Takes all of the space that is left. */
  fill(): void
  /** Gives back what `fill` took. */
  clear(): void
  unmount(): Promise<void>
}

/** Mounts a file system in memory of so many MiB. Needs root. */
export async function smallDisk(megabytes: number): Promise<SmallDisk> {
  const folder = mkdtempSync(join(tmpdir(), 'tracecat-small-disk-'))
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder])
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill: () => {
      // Smaller and smaller pieces, until not even one byte fits.
      for (let size = 1 << 20; size >= 1; ) {
        try {
          writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' })
        } catch (error) {
          if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error
          size = size === 1 ? 0 : Math.ceil(size / 16)
        }
      }
    },
    clear: () => rmSync(ballast, { force: true }),
    unmount: async () => {
      // A container that has a folder of it mounted keeps it busy a little longer.
      await execa('umount', ['--lazy', folder])
      rmSync(folder, { recursive: true })
    },
  }
}
