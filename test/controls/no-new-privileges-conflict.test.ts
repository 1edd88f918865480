import { expect, test } from 'vitest'
import { noNewPrivileges } from '../../src/controls/isolation/no-new-privileges.ts'
import { noNewPrivilegesConflict } from '../../src/controls/isolation/no-new-privileges-conflict.ts'
import { caseOf, hardened, look, type Parts } from './case.ts'

function services(executor: string, parts: Parts = {}) {
  return look(
    noNewPrivilegesConflict,
    caseOf({ override: `services: { executor: { ${executor} } }\n`, ...parts }),
  ).open.map(({ service }) => service)
}

const option = 'security_opt: ["no-new-privileges:true"]'

test('the release decides: before beta.48 mount had no file capabilities', () => {
  const privileged = `privileged: true, ${option}`
  expect(services(privileged, { release: '1.0.0-beta.47' })).toEqual([])
  expect(services(privileged, { release: '1.0.0-beta.48' })).toEqual(['executor'])
})

/** As measured: what a `mount` with file capabilities can do in such a container. */
test.each([
  ['the option without a value', 'privileged: true, security_opt: [no-new-privileges]', 1],
  ['an equals sign', 'privileged: true, security_opt: ["no-new-privileges=1"]', 1],
  [
    'the last one counts, and it says no',
    'privileged: true, security_opt: ["no-new-privileges:true", "no-new-privileges:false"]',
    0,
  ],
  ['another spelling of the capability', `cap_add: [cap_sys_admin], ${option}`, 1],
  ['every capability', `cap_add: [ALL], ${option}`, 1],
  ['root needs no file capabilities', `user: "0:0", cap_add: [SYS_ADMIN], ${option}`, 0],
  ['mount does not start anyway', `cap_add: [SYS_ADMIN], cap_drop: [ALL], ${option}`, 0],
  ['privileged beats what is dropped', `privileged: true, cap_drop: [ALL], ${option}`, 1],
  ['nothing given', option, 0],
])('%s', (_name, executor, count) => {
  expect(services(executor)).toHaveLength(count)
})

test('init leaves the option where the admin set it, and adds none beside wide rights', () => {
  const own = 'services: { executor: { security_opt: ["no-new-privileges:true"] } }\n'
  const options = (override: string | undefined) => {
    const c = hardened({
      answers: { executorPrivileges: 'privileged' },
      ...(override === undefined ? {} : { override }),
    })
    return ['executor', 'agent-executor'].map((name) =>
      c.install.compose?.model.services
        .get(name)
        ?.securityOpt.filter((item) => item.startsWith('no-new-privileges')),
    )
  }
  expect(options(undefined)).toEqual([[], []])
  expect(options(own)).toEqual([['no-new-privileges:true'], []])
})

test('a value that turns it off is not taken for one that turns it on', () => {
  const override = (value: string) =>
    `services:\n${['api', 'mcp', 'worker', 'agent-worker', 'litellm', 'migrations']
      .map((name) => `  ${name}: { security_opt: ["no-new-privileges:${value}"] }\n`)
      .join('')}`
  expect(look(noNewPrivileges, caseOf({ override: override('1') })).stays).toEqual([])
  expect(look(noNewPrivileges, caseOf({ override: override('false') })).stays).toHaveLength(1)
})
