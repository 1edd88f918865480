import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Case } from '../../src/controls/control.ts'
import { known, unknown } from '../../src/controls/facts.ts'
import { assembleInstall } from '../../src/install/assemble.ts'
import { imageTagOf } from '../../src/release/image-tag.ts'
import { releaseOf } from '../../src/release/release-of.ts'
import { compareTags } from '../../src/release/version.ts'

const upstream = resolve(
  process.env.TRACECAT_UPSTREAM ?? resolve(import.meta.dirname, '../../../shared/upstream'),
)

/** The releases whose stock files are there, oldest first. */
export const stockReleases: readonly string[] = existsSync(upstream)
  ? readdirSync(upstream)
      .filter((name) => existsSync(join(upstream, name, 'docker-compose.yml')))
      .sort(compareTags)
  : []

/** Why nothing can be proved, to stand in a test's name; '' where it can. */
export const noStockFiles =
  stockReleases.length === 0 ? ' (skipped: no stock files, see TRACECAT_UPSTREAM)' : ''

/** The vendor's files as they are, `.env` a copy of the example, readable by all as its script leaves it. */
export function stockCase(folder: string, env: Readonly<Record<string, string>> = {}): Case {
  const files = new Map(
    (
      [
        ['docker-compose.yml', 'docker-compose.yml'],
        ['.env.example', '.env'],
        ['Caddyfile', 'Caddyfile'],
      ] as const
    ).map(([from, path]) => {
      const stock = readFileSync(join(upstream, folder, from), 'utf8')
      const text = path === '.env' ? withVariables(stock, env) : stock
      return [path, { path, text, hash: '', mode: 0o644 }] as const
    }),
  )
  const install = assembleInstall({
    directory: '/srv/tracecat',
    files,
    envPath: '.env',
    sourcePaths: ['docker-compose.yml'],
    overridePath: 'docker-compose.override.yml',
    shell: {},
  })
  const release = releaseOf(imageTagOf(install.compose?.model.services.get('api')?.image ?? ''))
  return {
    install,
    release,
    answers: undefined,
    facts: {
      docker: unknown('not asked'),
      containers: unknown('not asked'),
      data: { state: 'unknown', why: 'Docker was not asked' },
      fresh: false,
      host: {
        platform: 'linux',
        appArmor: known(false),
        userNamespacesRestricted: known(false),
        tunDevice: known('usable'),
      },
      privileges: undefined,
      shell: new Map(),
      git: known({ checkout: false, trackedEnv: false }),
      redisAppends: unknown('not asked'),
    },
  }
}

function withVariables(text: string, env: Readonly<Record<string, string>>): string {
  return Object.entries(env).reduce((result, [name, value]) => {
    const line = new RegExp(`^${name}=.*$`, 'gm')
    const wanted = `${name}=${value}`
    return line.test(result) ? result.replace(line, wanted) : `${result}\n${wanted}\n`
  }, text)
}
