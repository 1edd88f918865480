import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'

const packages = [
  ...['ca-certificates', 'curl', 'iproute2', 'perl', 'procps'],
  ...['postgresql', 'redis-server'],
]
/** What no server needs at run time, and half of the size. */
const leftOut = [
  'var/cache/apt',
  'var/lib/apt/lists',
  'usr/share/doc',
  'usr/share/man',
  'usr/share/locale',
]

/**
 * A Debian with real PostgreSQL and Redis, as a tar file in this folder: made by debootstrap when it
 * is not there (under a minute), else used again. Returns its path. Needs root.
 */
export async function baseTar(cache: string): Promise<string> {
  const content = createHash('sha256')
    .update(JSON.stringify([packages, leftOut]))
    .digest('hex')
  const tar = join(cache, `base-bookworm-${content.slice(0, 16)}.tar`)
  if (existsSync(tar)) return tar
  const work = mkdtempSync(join(cache, 'debootstrap-'))
  const root = join(work, 'root')
  try {
    const include = `--include=${packages.join(',')}`
    await execa('debootstrap', [
      '--variant=minbase',
      include,
      'bookworm',
      root,
      ...(await mirror()),
    ])
    const exclude = leftOut.map((path) => `--exclude=./${path}/*`)
    await execa('tar', ['-C', root, ...exclude, '-cf', join(work, 'base.tar'), '.'])
    renameSync(join(work, 'base.tar'), tar)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  return tar
}

/** Where this machine has bookworm from, if it does; debootstrap knows the usual place. */
async function mirror(): Promise<string[]> {
  const { stdout } = await execa(
    'apt-get',
    ['indextargets', '--format', '$(RELEASE) $(SITE)', 'Created-By: Packages'],
    { reject: false },
  )
  const site = stdout
    .split('\n')
    .find((line) => line.startsWith('bookworm '))
    ?.split(' ')[1]
  return site ? [site] : []
}
