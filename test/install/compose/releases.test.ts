import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { compareWithCompose, resolveFolder } from './agreement.ts'
import { composeVersion } from './compose-command.ts'

const upstream = resolve(process.env.TRACECAT_UPSTREAM ?? '../shared/upstream')
const releases = existsSync(upstream)
  ? readdirSync(upstream).filter((name) => existsSync(join(upstream, name, 'docker-compose.yml')))
  : []
const why =
  releases.length === 0
    ? ' (skipped: no stock files, see TRACECAT_UPSTREAM)'
    : composeVersion === undefined
      ? ' (skipped: Docker Compose is not installed)'
      : ''

const folders: string[] = []
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function install(release: string, changeEnv: (env: string) => string): string {
  const folder = mkdtempSync(join(tmpdir(), 'tracecat-compose-'))
  folders.push(folder)
  cpSync(join(upstream, release, 'docker-compose.yml'), join(folder, 'docker-compose.yml'))
  writeFileSync(
    join(folder, '.env'),
    changeEnv(readFileSync(join(upstream, release, '.env.example'), 'utf8')),
  )
  return folder
}

const states: Readonly<Record<string, (env: string) => string>> = {
  'the stock .env': (env) => env,
  'changed values': (env) =>
    `${env}\nTRACECAT__IMAGE_TAG=1.2.3\nPUBLIC_APP_PORT=8443\nREDIS_URL=redis://:p$$w@redis:6379\nTRACECAT__LOCAL_REPOSITORY_PATH=./registry\nPYTHONPATH='/a b'\nCOMPOSE_PROJECT_NAME=other\n`,
  'an empty value for each name': (env) =>
    `${env.replaceAll(/^([A-Z_]+)=.*$/gm, '$1=')}\nTRACECAT__LOCAL_REPOSITORY_PATH=/r\nPUBLIC_APP_PORT=80\n`,
  'no .env at all': () => '',
}

describe.skipIf(why !== '')(`our model is Compose's${why}`, () => {
  for (const release of releases) {
    for (const [state, changeEnv] of Object.entries(states)) {
      test(`${release} with ${state}`, () => {
        expect(compareWithCompose(install(release, changeEnv))).toEqual([])
      })
    }
  }

  test('variables that Compose warns about are the ones we name', () => {
    const folder = install(
      releases.at(-1) ?? '',
      () => 'TRACECAT__LOCAL_REPOSITORY_PATH=/r\nPUBLIC_APP_PORT=80\n',
    )
    expect(resolveFolder(folder).unsetVariables).toContain('TRACECAT__DB_ENCRYPTION_KEY')
  })
})
