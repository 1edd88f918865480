import { expect, test } from 'vitest'
import { logRotation } from '../../src/controls/data/log-rotation.ts'
import { publishedPorts } from '../../src/controls/edge/published-ports.ts'
import { webhookCallers } from '../../src/controls/edge/webhook-callers.ts'
import type { Edit } from '../../src/controls/edit.ts'
import { localRegistryMount } from '../../src/controls/isolation/local-registry-mount.ts'
import { controls } from '../../src/controls/registry.ts'
import { caseOf, harden, hardenCaseOf, hardened, type Parts } from './case.ts'

/** What a control would write, as `path: value`. */
function editsOf(
  control: { harden?(c: ReturnType<typeof hardenCaseOf>): readonly Edit[] },
  parts: Parts,
) {
  const edits = control.harden?.(hardenCaseOf(caseOf({ answers: {}, ...parts }))) ?? []
  return edits.map((edit) =>
    edit.kind === 'compose'
      ? `${edit.edit.path.join('.')}: ${JSON.stringify(edit.edit.op === 'set' ? edit.edit.value : edit.edit.item)}`
      : edit.kind,
  )
}

const mcp = {
  release: '1.0.0-beta.20',
  compose: [['  mcp:\n', '  mcp:\n    ports: ["8099:8099"]\n']],
} as const satisfies Parts

test('mcp is bound to this host, and the ports that the admin chose stay', () => {
  expect(editsOf(publishedPorts, mcp)).toEqual([
    'services.mcp.ports: {"tag":"!override","data":["127.0.0.1:8099:8099"]}',
  ])
  const own = 'services:\n  mcp: { ports: ["10.0.0.5:9000:8099"] }\n'
  expect(editsOf(publishedPorts, { ...mcp, override: own })).toEqual([])
  const ports = hardened(mcp).install.compose?.model.services.get('mcp')?.ports
  expect(ports?.map(({ hostIp, published }) => `${hostIp}:${published}`)).toEqual([
    '127.0.0.1:8099',
  ])
})

test('logging that the admin chose stays, and a service that is gone is not kept alive', () => {
  const override = [
    'services:',
    '  api: { logging: { driver: syslog } }',
    '  ghost: { logging: { driver: json-file, options: { max-file: "5", max-size: 10m } } }',
    '',
  ].join('\n')
  const edits = editsOf(logRotation, { override })
  expect(edits.filter((edit) => /services\.(?:api|ghost)\./.test(edit))).toEqual([])
  expect(edits.some((edit) => edit.startsWith('services.redis.logging'))).toBe(true)
})

test.each([
  ['the daemon logs elsewhere', { driver: 'journald', limited: false }],
  ['the daemon limits every log', { driver: 'json-file', limited: true }],
])('%s: nothing is written', (_name, value) => {
  expect(editsOf(logRotation, { host: { logging: { known: true, value } } })).toEqual([])
})

test('an api that publishes a port does not believe everybody', () => {
  const compose = [['  api:\n', '  api:\n    ports: ["8000:8000"]\n']] as const
  expect(editsOf(webhookCallers, { compose })).toEqual([])
  expect(editsOf(webhookCallers, {})).toEqual(['services.api.environment.FORWARDED_ALLOW_IPS: "*"'])
})

test('the local registry stays writable where it is used, or mounted from elsewhere', () => {
  expect(
    editsOf(localRegistryMount, { env: { TRACECAT__LOCAL_REPOSITORY_ENABLED: 'true' } }),
  ).toEqual([])
  const override = 'services:\n  api: { volumes: ["./registry:/app/local_registry"] }\n'
  const edits = editsOf(localRegistryMount, { override })
  expect(edits.some((edit) => edit.startsWith('services.api.'))).toBe(false)
  expect(edits.length).toBeGreaterThan(0)
})

test('the order of the controls does not matter', () => {
  const c = caseOf({ answers: {}, env: secrets })
  const texts = (order: typeof controls) =>
    [...harden(c, order).install.files.values()]
      .filter(({ path }) => !path.startsWith('.tracecat-harden/'))
      .map(({ path, text }) => `${path}\n${withoutRandom(text)}`)
      .sort()
  expect(texts([...controls].reverse())).toEqual(texts(controls))
})

/** Made up once for both runs, as far as they can be given. */
const secrets = {
  TRACECAT__DB_ENCRYPTION_KEY: 'q7Jx2mVt9RkLw4Zb8NcY1sHd6FgP3uEaT5oXi0KvMB8=',
  TRACECAT__SERVICE_KEY: 'Zk3v9QmT7xWb2LpR8sNd4YhC6uGf1JaE',
  TRACECAT__SIGNING_SECRET: 'pW8nL2kX5vQ9rT3mB7cY1dF6gH4jS0zA',
  USER_AUTH_SECRET: 'rV6bN1mQ8wE3tY7uI2oP5aS9dF4gH0jK',
}

function withoutRandom(text: string): string {
  return text.replace(/^((?:\w*PASSWORD|MINIO_ROOT_USER)=).*$/gm, '$1')
}
