import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stock } from '../../stock.ts'

/** Calls `use` with a folder that has a release's Compose file and a `.env`. */
export function withRelease<T>(
  release: string,
  changeEnv: (stock: string) => string,
  use: (directory: string) => T,
): T {
  const directory = mkdtempSync(join(tmpdir(), 'tracecat-compose-'))
  try {
    writeFileSync(join(directory, 'docker-compose.yml'), stock(release, 'docker-compose.yml'))
    writeFileSync(join(directory, '.env'), changeEnv(stock(release, '.env.example')))
    return use(directory)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
