import { describe, expect, test } from 'vitest'
import {
  addToService,
  type ComposeEdit,
  type Edit,
  setInService,
  setVariableTo,
} from '../../src/controls/edit.ts'
import { foldEdits } from '../../src/plan/fold.ts'
import { verifyPlan } from '../../src/plan/verify.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { caseOf, type Parts } from '../controls/case.ts'

const override = (service: string, lines: readonly string[]) =>
  `services:\n  ${service}:\n${lines.map((line) => `    ${line}\n`).join('')}`

function verified(edits: readonly Edit[], parts: Parts, kept: readonly string[] = []) {
  const drift = kept.map((what) => ({ file: 'docker-compose.override.yml', what }))
  return () => verifyPlan(foldEdits(edits), caseOf(parts).install, drift)
}

const atTop = (path: readonly string[]): ComposeEdit => ({
  kind: 'compose',
  edit: { op: 'set', path, value: {} },
})
const nsjail = 'TRACECAT__DISABLE_NSJAIL'
const logging = { driver: 'json-file', options: { 'max-size': '10m' } }

const shown: readonly (readonly [what: string, edit: ComposeEdit, right: string, wrong: string])[] =
  [
    [
      'a variable',
      setInService('executor', ['environment', nsjail], 'false'),
      override('executor', [`environment: { ${nsjail}: "false" }`]),
      override('executor', [`environment: { ${nsjail}: "true" }`]),
    ],
    [
      'a variable that comes from .env',
      setInService('executor', ['environment', nsjail], '${TRACECAT__SERVICE_KEY:?not set}'),
      override('executor', [`environment: { ${nsjail}: "\${TRACECAT__SERVICE_KEY:?not set}" }`]),
      override('executor', [`environment: { ${nsjail}: "\${USER_AUTH_SECRET:?not set}" }`]),
    ],
    [
      'a command',
      setInService('redis', ['command'], ['redis-server', '/etc/redis.conf']),
      override('redis', ['command: [redis-server, /etc/redis.conf]']),
      override('redis', ['command: [redis-server]']),
    ],
    [
      'a command under a tag',
      setInService('redis', ['command'], { tag: '!override', data: ['redis-server', 'a'] }),
      override('redis', ['command: [redis-server, a]']),
      override('redis', ['command: [redis-server, b]']),
    ],
    [
      'a privilege',
      setInService('executor', ['privileged'], true),
      override('executor', ['privileged: true']),
      override('executor', ['privileged: false']),
    ],
    [
      'a restart policy',
      setInService('mcp', ['restart'], 'always'),
      override('mcp', ['restart: always']),
      override('mcp', ['restart: "no"']),
    ],
    [
      'where logs go',
      setInService('mcp', ['logging'], logging),
      override('mcp', ['logging: { driver: json-file, options: { max-size: 10m } }']),
      override('mcp', ['logging: { driver: json-file, options: { max-size: 11m } }']),
    ],
    [
      'a list',
      setInService('mcp', ['ports'], { tag: '!override', data: ['127.0.0.1:8099:8099'] }),
      override('mcp', ['ports: !override ["127.0.0.1:8099:8099"]']),
      override('mcp', ['ports: !override ["8099:8099"]']),
    ],
    ...(
      [
        ['cap_add', 'SYS_ADMIN', 'NET_ADMIN'],
        ['cap_drop', 'ALL', 'NET_RAW'],
        ['security_opt', 'no-new-privileges:true', 'seccomp:unconfined'],
        ['devices', '/dev/net/tun:/dev/net/tun', '/dev/fuse:/dev/fuse'],
      ] as const
    ).map(
      ([list, item, other]) =>
        [
          `an item of ${list}`,
          addToService('executor', list, item),
          override('executor', [`${list}: ["${item}"]`]),
          override('executor', [`${list}: ["${other}"]`]),
        ] as const,
    ),
    [
      'a port',
      addToService('caddy', 'ports', '443:443/udp'),
      override('caddy', ['ports: ["443:443/udp"]']),
      override('caddy', ['ports: ["443:443"]']),
    ],
    [
      'a mount, by its target',
      addToService('caddy', 'volumes', './caddy:/etc/caddy/own:ro', '/etc/caddy/own'),
      override('caddy', ['volumes: ["./caddy:/etc/caddy/own:ro"]']),
      override('caddy', ['volumes: ["./caddy:/etc/caddy/other:ro"]']),
    ],
    [
      'a config of a service',
      addToService('redis', 'configs', 'redis-conf'),
      `${override('redis', ['configs: [redis-conf]'])}configs: { redis-conf: { content: a } }\n`,
      `${override('redis', ['restart: always'])}configs: { redis-conf: { content: a } }\n`,
    ],
    [
      'a config',
      atTop(['configs', 'c']),
      'configs: { c: { content: a } }\n',
      'volumes: { c: {} }\n',
    ],
    ['a volume', atTop(['volumes', 'v']), 'volumes: { v: {} }\n', 'networks: { v: {} }\n'],
    ['a network', atTop(['networks', 'n']), 'networks: { n: {} }\n', 'volumes: { n: {} }\n'],
  ]

describe.each(shown)('%s', (_, edit, right, wrong) => {
  const place = edit.edit.path.join('.')
  const kept = edit.edit.op === 'set' ? place : `${place}: ${edit.edit.key ?? edit.edit.item}`

  test('that the merged model shows may be written', () => {
    expect(verified([edit], { override: right })).not.toThrow()
  })

  test('that it does not show may not', () => {
    expect(verified([edit], { override: wrong })).toThrow(
      `the resolved model would not show ${place}`,
    )
  })

  test("that is the admin's by now is not looked at", () => {
    expect(verified([edit], { override: wrong }, [kept])).not.toThrow()
    expect(verified([edit], { override: wrong }, ['services.api.restart'])).toThrow()
  })
})

test('a service that is not there shows nothing', () => {
  const edit = setInService('nobody', ['privileged'], true)
  expect(verified([edit], { override: override('mcp', ['restart: always']) })).toThrow(/nobody/)
})

test('where Compose reads no override of ours, nothing of it can show', () => {
  expect(verified([setInService('mcp', ['restart'], 'always')], {})).not.toThrow()
})

describe('a variable of .env', () => {
  const key = setVariableTo('TRACECAT__SERVICE_KEY', new Secret('wanted-0123456789'))
  const url = setVariableTo('REDIS_URL', 'redis://:new@redis:6379')
  const referring = { REDIS_PASSWORD: 'old', REDIS_URL: 'redis://:${REDIS_PASSWORD}@redis:6379' }

  test('that resolves to what is wanted may be written', () => {
    const env = { TRACECAT__SERVICE_KEY: 'wanted-0123456789' }
    expect(verified([key], { env })).not.toThrow()
  })

  test('that resolves to something else may not, and its value is not said', () => {
    const env = { TRACECAT__SERVICE_KEY: 'other-0123456789' }
    expect(verified([key], { env })).toThrow(
      /^TRACECAT__SERVICE_KEY would not resolve to what is wanted$/,
    )
  })

  test("that is the admin's by now, or is made of one that is, is not looked at", () => {
    const env = { TRACECAT__SERVICE_KEY: 'other-0123456789' }
    expect(verified([key], { env }, ['TRACECAT__SERVICE_KEY'])).not.toThrow()
    expect(verified([url], { env: referring })).toThrow(/REDIS_URL/)
    expect(verified([url], { env: referring }, ['REDIS_PASSWORD'])).not.toThrow()
  })
})
