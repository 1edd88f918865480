import checksums from '../../templates/checksums.json' with { type: 'json' }

/** The files that Tracecat publishes for an install, as it names them. */
export type StockName = 'docker-compose.yml' | '.env.example' | 'Caddyfile'

/** SHA-256 (hex) of each. */
export type StockFiles = Readonly<Record<StockName, string>>

const known = new Map<string, StockFiles>(Object.entries(checksums))

/** The checksums of a tag's stock files, or undefined where this program does not know the tag. */
export function stockFiles(tag: string): StockFiles | undefined {
  return known.get(tag.replace(/^v/, '').replace(/@.*/, ''))
}
