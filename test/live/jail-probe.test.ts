import { expect, test } from 'vitest'
import { completeAnswers } from '../../src/answers/complete.ts'
import { parseAnswers } from '../../src/answers/parse.ts'
import { probeJail } from '../../src/live/jail-probe.ts'
import { releaseOf } from '../../src/release/release-of.ts'
import { decidePrivileges } from '../../src/surroundings/privileges.ts'
import { fakeWorld, type Script } from '../world/fake.ts'

const release = releaseOf('1.0.0-beta.51')

/** What is decided where Docker and the image are, and `docker run` answers so. */
async function decided(processes: Script) {
  const world = fakeWorld({ processes })
  const { answers } = parseAnswers(
    'domain: a.example.com\nsuperadminEmail: a@example.com\nsso: { type: basic }\n',
    'answers.yaml',
  )
  const probe = () =>
    probeJail(world, 'tracecat', { abilities: release.abilities, appArmor: false })
  return await decidePrivileges(completeAnswers(answers), release, undefined, probe)
}

const started = { stdout: 'tracecat-harden: a jail started\n' }
const isPrivileged = (args: readonly string[]) => args.includes('--privileged')
const hasCapability = (args: readonly string[]) => args.includes('--cap-add=SYS_ADMIN')

test('the least level with which a jail starts is taken', async () => {
  expect(await decided(() => started)).toMatchObject({ level: 'confined', how: 'probed' })
  expect(
    await decided((_, args) => (hasCapability(args) && !isPrivileged(args) ? started : {})),
  ).toMatchObject({ level: 'capabilities', how: 'probed' })
})

test('where none starts with any level, each reason is told', async () => {
  const refused = await decided((_, args) =>
    isPrivileged(args)
      ? { exitCode: 1 }
      : {
          exitCode: 1,
          stderr: `starting\n[E] mount('/proc'): Operation not permitted\nended\n`,
        },
  )
  const why = "[E] mount('/proc'): Operation not permitted"
  expect(refused).toEqual({
    level: 'privileged',
    how: 'failed',
    why: `no jail started here (confined: ${why}; capabilities: ${why}; privileged: no reason given)`,
  })
})
