import { join } from 'node:path'
import { Failure } from '../failure.ts'
import { readInstallFile, sha256 } from '../live/read-files.ts'
import { type StockName, stockFiles } from '../release/stock-files.ts'
import type { World } from '../world/world.ts'

export interface StockSource {
  /** A folder with the files, or with a folder for each release. */
  readonly from: string | undefined
  /** A mirror: files are at `<url>/<tag>/<name>`. */
  readonly upstream: string | undefined
  readonly offline: boolean
}

const official = 'https://raw.githubusercontent.com/TracecatHQ/tracecat'
const limits = { maxBytes: 512 * 1024, timeoutMs: 30_000 } as const

/**
 * Gets the stock files of a release that the folder lacks, from a folder, a mirror or Tracecat's own
 * repository, and compares them with the checksums that we know.
 * @returns undefined where there is no source: offline, and no folder given
 * @throws Failure('badInput') for a wrong checksum or a folder without the files, Failure('surroundings') for the network
 */
export async function getStockFiles(
  world: World,
  tag: string,
  names: readonly StockName[],
  source: StockSource,
): Promise<ReadonlyMap<string, string> | undefined> {
  if (source.from === undefined && source.offline) return undefined
  const found = new Map<string, string>()
  for (const name of names) {
    const bytes =
      source.from === undefined
        ? await world.network.download(stockUrl(tag, name, source.upstream), limits)
        : await fromFolder(world, source.from, tag, name)
    check(tag, name, bytes, source)
    found.set(name, new TextDecoder().decode(bytes))
  }
  return found
}

/** Where a stock file can be fetched from. */
export function stockUrl(tag: string, name: StockName, upstream?: string): string {
  return `${(upstream ?? official).replace(/\/+$/, '')}/${tag}/${name}`
}

async function fromFolder(
  world: World,
  folder: string,
  tag: string,
  name: StockName,
): Promise<Uint8Array> {
  for (const directory of [folder, join(folder, tag)]) {
    const file = await readInstallFile(world, directory, name)
    if (file !== undefined) return new TextEncoder().encode(file.text)
  }
  throw new Failure('badInput', `${folder} has no ${name} for Tracecat ${tag}.`, {
    remedy: `Put docker-compose.yml, .env.example and Caddyfile of ${tag} into that folder.`,
  })
}

function check(tag: string, name: StockName, bytes: Uint8Array, source: StockSource): void {
  const expected = stockFiles(tag)?.[name]
  const actual = sha256(bytes)
  if (expected === undefined || expected === actual) return
  const origin = source.from ?? stockUrl(tag, name, source.upstream)
  throw new Failure(
    'badInput',
    `${name} from ${origin} is not the file that Tracecat published for ${tag}.`,
    {
      remedy: `Its SHA-256 is ${actual}, expected ${expected}. Nothing was written. Check the source, or the release that you named.`,
    },
  )
}
