import type { Case } from '../../src/controls/control.ts'
import { known, unknown } from '../../src/controls/facts.ts'
import { assembleInstall } from '../../src/install/assemble.ts'
import { imageTagOf } from '../../src/release/image-tag.ts'
import { releaseOf } from '../../src/release/release-of.ts'
import { stock } from '../stock.ts'

/** The vendor's files as they are, `.env` a copy of the example, readable by all as its script leaves it. */
export function stockCase(tag: string, env: Readonly<Record<string, string>> = {}): Case {
  const files = new Map(
    (
      [
        ['docker-compose.yml', 'docker-compose.yml'],
        ['.env.example', '.env'],
        ['Caddyfile', 'Caddyfile'],
      ] as const
    ).map(([from, path]) => {
      const published = stock(tag, from)
      const text = path === '.env' ? withVariables(published, env) : published
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
