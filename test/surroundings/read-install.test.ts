import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { unknown } from '../../src/controls/facts.ts'
import { readInstall } from '../../src/surroundings/read-install.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'

const base = 'docker-compose.yml'
const override = 'docker-compose.override.yml'
const service = 'services:\n  api:\n    image: a:1\n'

/** Which Compose files there will be once our override is written. */
async function filesAfter(
  env: string,
  shell: Readonly<Record<string, string>>,
  files: readonly string[] = [base],
): Promise<readonly string[]> {
  const directory = temporaryFolder()
  writeFileSync(join(directory, '.env'), env)
  for (const name of files) writeFileSync(join(directory, name), service)
  const world = fakeWorld({ env: shell })
  return (await readInstall(world, directory, unknown('not asked'))).sourcePathsAfter
}

test.each([
  ['nothing names the files: Compose finds ours', '', {}, [base, override]],
  ['.env names them: ours is added to it', `COMPOSE_FILE=${base}\n`, {}, [base, override]],
  ['the shell alone names them: it is not ours to change', '', { COMPOSE_FILE: base }, [base]],
  [
    'the shell wins over .env, and would not load ours',
    `COMPOSE_FILE=${base}\n`,
    { COMPOSE_FILE: base },
    [base],
  ],
] as const)('where %s', async (_, env, shell, expected) => {
  expect(await filesAfter(env, shell)).toEqual(expected)
})

test('an override that is there already is named once', async () => {
  expect(await filesAfter('', {}, [base, override])).toEqual([base, override])
})
