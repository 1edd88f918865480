import { Failure } from '../src/failure.ts'
import type { StockName } from '../src/release/stock-files.ts'
import { Masker } from '../src/secrets/masker.ts'
import { getStockFiles } from '../src/surroundings/stock-files.ts'
import { realWorld } from '../src/world/real.ts'

export { Failure }

const names: readonly StockName[] = ['docker-compose.yml', '.env.example', 'Caddyfile']

/**
 * The stock files of these releases, every one compared with its checksum.
 * @param source a folder, or a mirror's URL; with neither, Tracecat's repository
 * @returns texts by path, such as `1.0.0/Caddyfile`
 * @throws Failure as `getStockFiles` does
 */
export async function stockFilesOf(
  releases: readonly string[],
  source: { readonly from: string | undefined; readonly upstream: string | undefined },
): Promise<ReadonlyMap<string, string>> {
  const world = realWorld(new Masker())
  const all = new Map<string, string>()
  for (const tag of releases) {
    const files = await getStockFiles(world, tag, names, { ...source, offline: false })
    for (const [name, text] of files ?? []) all.set(`${tag}/${name}`, text)
  }
  return all
}
