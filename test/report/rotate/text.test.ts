import { describe, expect, test } from 'vitest'
import { rotatePlan } from '../../../src/report/rotate/text.ts'
import { secretIds } from '../../../src/secrets/catalogue.ts'
import { isSecretName } from '../../../src/secrets/names.ts'
import { isWellKnown } from '../../../src/secrets/well-known.ts'
import { caseOf, hardened } from '../../controls/case.ts'

const install = hardened({ answers: { payloadEncryption: true } })
const running: Parameters<typeof rotatePlan>[2] = { needed: [], running: true }

const plan = (ids: Parameters<typeof rotatePlan>[1], more = running, columns = 80) =>
  rotatePlan(install, ids, more, columns)
const inOneLine = (lines: readonly string[]) => lines.join('\n').replace(/\s+/g, ' ')

test('names release, folder, each secret with what it does, whom it recreates and what breaks', () => {
  expect(plan(['service-key', 'redis'])).toMatchInlineSnapshot(`
    [
      "Tracecat 1.0.0-beta.51 in /srv/tracecat",
      "",
      "To be rotated, one after the other:",
      "  service-key  All services that call each other with it are recreated together.",
      "               Recreated: agent-executor, agent-worker, api, executor, litellm,",
      "               mcp, ui, worker.",
      "               What breaks: Running actions and remote tracecat-admin fail until",
      "               every service has the new key.",
      "  redis        Its clients move to a new password while both count; Redis",
      "               restarts last. Recreated: agent-executor, agent-worker, api,",
      "               executor, mcp, redis, worker.",
      "               What breaks: Nothing: Redis accepts both passwords while the",
      "               services move.",
    ]
  `)
})

describe('who is recreated', () => {
  test.each([
    ['postgres', 'agent-executor, agent-worker, api, executor, litellm, mcp, migrations, worker'],
    ['temporal-postgres', 'temporal'],
    ['user-auth-secret', 'api, mcp'],
  ] as const)('%s: %s, and no database', (id, services) => {
    expect(inOneLine(plan([id]))).toContain(`Recreated: ${services}.`)
  })

  test('not the services that have the same word for something else', () => {
    const text = rotatePlan(caseOf(), ['temporal-postgres'], running, 80)
    expect(inOneLine(text)).toContain('Recreated: temporal.')
  })

  test('nobody, where it was never started', () => {
    const text = inOneLine(plan(['redis'], { needed: [], running: false }))
    expect(text).toContain('(never started: files alone)')
    expect(text).not.toContain('Recreated')
  })
})

test('says which servers have to run first', () => {
  const lines = plan(['redis'], { needed: ['redis', 'api'], running: true })
  expect(lines.slice(-2)).toEqual(['', 'These do not run, and have to: redis, api'])
})

test.each([40, 60, 80, 120])('fits into %i columns', (columns) => {
  const lines = plan(secretIds, running, columns)
  expect(lines.filter((line) => line.length > columns)).toEqual([])
})

test('shows no secret', () => {
  const secrets = [...install.install.values].flatMap(([name, value]) =>
    isSecretName(name) && value.length > 7 && !isWellKnown(value) ? [value] : [],
  )
  expect(secrets.length).toBeGreaterThan(6)
  const text = plan(secretIds).join('\n')
  expect(secrets.filter((value) => text.includes(value))).toEqual([])
})
