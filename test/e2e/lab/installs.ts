import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../../built.ts'
import { releases, upstream } from '../../stock.ts'

const folders: string[] = []

/** Removes what the functions below have made. */
export function removeInstalls(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/** Is the vendor's own Compose file of this release at hand? */
export function hasStock(release: string): boolean {
  return releases.includes(release)
}

/** A copy of a release's stock files in a new folder (below `parent`), with `.env` made from its example. */
export function stockInstall(release: string, parent = tmpdir()): string {
  const stock = join(upstream, release)
  return install(parent, {
    compose: join(stock, 'docker-compose.yml'),
    caddy: join(stock, 'Caddyfile'),
    env: join(stock, '.env.example'),
  })
}

/** A copy of our own example install in a new folder (below `parent`). */
export function exampleInstall(parent = tmpdir()): string {
  const example = join(root, 'templates/example')
  return install(parent, {
    compose: join(example, 'docker-compose.yml'),
    caddy: join(example, 'Caddyfile'),
    env: join(example, 'dot-env'),
  })
}

function install(parent: string, from: { compose: string; caddy: string; env: string }): string {
  const folder = mkdtempSync(join(parent, 'tracecat-install-'))
  folders.push(folder)
  const dir = join(folder, 'tracecat')
  mkdirSync(dir)
  cpSync(from.compose, join(dir, 'docker-compose.yml'))
  cpSync(from.caddy, join(dir, 'Caddyfile'))
  cpSync(from.env, join(dir, '.env'))
  // Docker would make the default, a folder at the root of this machine's disk.
  changeEnv(dir, { TRACECAT__LOCAL_REPOSITORY_PATH: './local-registry' })
  return dir
}

/** Gives variables of `.env` that are set there another value, as an admin's editor would. */
export function changeEnv(dir: string, values: Readonly<Record<string, string>>): void {
  const file = join(dir, '.env')
  const lines = readFileSync(file, 'utf8').split('\n')
  for (const [name, value] of Object.entries(values)) {
    const line = lines.findIndex((text) => text.startsWith(`${name}=`))
    if (line < 0) throw new Error(`${name} is not in ${file}`)
    lines[line] = `${name}=${value}`
  }
  writeFileSync(file, lines.join('\n'))
}
