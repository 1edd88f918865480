import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { shellOverrides } from '../../src/controls/host/shell-overrides.ts'
import { installedCompose } from '../install/env-file/compose.ts'
import { caseOf, look } from './case.ts'

type Variables = Readonly<Record<string, string>>

/** Variables of the shell and of `.env` that may choose which files Compose reads. */
const ways: readonly { readonly shell?: Variables; readonly env?: Variables }[] = [
  {},
  ...['', '.env', './.env', 'other.env', '.env,other.env'].map((COMPOSE_ENV_FILES) => ({
    shell: { COMPOSE_ENV_FILES },
  })),
  ...['', '0', 'f', 'False', '1', 't', 'TRUE', 'tRue', 'yes'].flatMap((value) => [
    { shell: { COMPOSE_DISABLE_ENV_FILE: value } },
    { env: { COMPOSE_DISABLE_ENV_FILE: value } },
  ]),
  { shell: { COMPOSE_DISABLE_ENV_FILE: '0' }, env: { COMPOSE_DISABLE_ENV_FILE: '1' } },
  { env: { COMPOSE_ENV_FILES: 'other.env' } },
]

describe.skipIf(installedCompose() === undefined)('which env files the real Compose reads', () => {
  test.each(ways)('%j', ({ shell = {}, env = {} }) => {
    const c = caseOf({ env, facts: { shell: new Map(Object.entries(shell)) } })
    const isQuiet = look(shellOverrides, c).open.length === 0
    expect(isQuiet).toBe(readsEnv(shell, env))
  })
})

/** Does Compose read `.env`, and nothing else? */
function readsEnv(shell: Variables, env: Variables): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'shell-overrides-'))
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text)
  try {
    write('compose.yml', 'services: { a: { image: "a:${TAG:-none}" } }\n')
    write('.env', ['TAG=own', ...Object.entries(env).map((pair) => pair.join('=')), ''].join('\n'))
    write('other.env', 'TAG=other\n')
    const { stdout } = spawnSync('docker', ['compose', 'config', '--images'], {
      cwd: folder,
      encoding: 'utf8',
      env: { PATH: process.env.PATH ?? '', HOME: folder, ...shell },
    })
    return stdout === 'a:own\n'
  } finally {
    rmSync(folder, { recursive: true })
  }
}
