import { describe, expect, test } from 'vitest'
import { valueAt } from '../../../src/plan/yaml/read-yaml.ts'

const file = 'override.yml'
const text = `
x-env: &env { A: 1, B: two }
services:
  api:
    environment:
      <<: *env
      B: own
      FLAG: true
      EMPTY:
    ports: !override
      - 80:80
      - target: 443
        published: "8443"
        protocol: udp
    command: !reset null
    volumes:
      - ./a:/data:ro
      - type: volume
        source: b
        target: /logs/
    networks: { core: }
    tmpfs: /run
  ui:
    environment:
      - NAME=a=b
      - PASSED
      - NAME=last
    environment_copy: *env
    extra_hosts: ["host:1.1.1.1"]
    security_opt: ["seccomp=./x.json"]
`

describe('a whole text', () => {
  const readYaml = (whole: string) => valueAt(whole, { path: [] }, file)

  test('resolves aliases and merge keys, and keeps tags', () => {
    expect(readYaml(text)).toMatchObject({
      services: {
        api: {
          environment: { A: 1, B: 'own', FLAG: true, EMPTY: null },
          ports: { '!override': ['80:80', { target: 443, published: '8443', protocol: 'udp' }] },
          command: { '!reset': null },
        },
        ui: { environment_copy: { A: 1, B: 'two' } },
      },
    })
  })

  test.each(['', '# only a comment', '---\n...\n', '{}', '\ufeff# a\n'])('%j is empty', (empty) => {
    expect(readYaml(empty)).toEqual({})
  })

  test('keys that JavaScript knows are keys like others', () => {
    expect(JSON.stringify(readYaml('__proto__: 1\nconstructor: {toString: 2}\n'))).toBe(
      '{"__proto__":1,"constructor":{"toString":2}}',
    )
    expect(valueAt('a: {}\n', { path: ['a', 'constructor'] }, file)).toBeUndefined()
  })
})

describe('is refused, with its line', () => {
  test.each([
    ['a key that is no text', 'a: 1\n? [b]\n: 2\n', /a key is not text/, 2],
    ['a key that stands twice', 'a: 1\nb: 2\na: 3\n', /unique|twice/, 3],
    ['a merge of no mapping', 'a: &l [1]\nb:\n  <<: *l\n', /`<<` takes a mapping/, 3],
  ])('%s', (_, broken, message, line) => {
    let failure: unknown
    try {
      valueAt(broken, { path: [] }, file)
    } catch (error) {
      failure = error
    }
    expect(failure).toMatchObject({
      kind: 'badInput',
      message: expect.stringMatching(message),
      where: { file, line },
    })
  })
})

describe('valueAt', () => {
  test.each([
    ['services.api.environment.A', '1'],
    ['services.api.environment.B', 'own'],
    ['services.api.environment.FLAG', 'true'],
    ['services.api.environment.EMPTY', null],
    ['services.api.environment.NONE', undefined],
    ['services.ui.environment.NAME', 'last'],
    ['services.ui.environment.PASSED', null],
    ['services.ui.environment.NONE', undefined],
    ['services.ui.environment_copy.A', 1],
    ['services.api.command', { tag: '!reset', data: null }],
    ['services.none.at.all', undefined],
  ])('%s is %j', (path, expected) => {
    expect(valueAt(text, { path: path.split('.') }, file)).toEqual(expected)
  })

  test.each([
    ['api.ports', '80:80', '80:80'],
    ['api.ports', '443/udp', { target: 443, published: '8443', protocol: 'udp' }],
    ['api.ports', '443:443', undefined],
    ['api.volumes', '/data', './a:/data:ro'],
    ['api.volumes', '/logs', { type: 'volume', source: 'b', target: '/logs/' }],
    ['api.networks', 'core', 'core'],
    ['api.networks', 'edge', undefined],
    ['api.tmpfs', '/run', '/run'],
    ['api.environment', 'B=own', 'B=own'],
    ['api.environment', 'B=other', 'B=own'],
    ['ui.extra_hosts', 'host', 'host:1.1.1.1'],
    ['ui.security_opt', 'seccomp', 'seccomp=./x.json'],
    ['ui.cap_add', 'ALL', undefined],
  ])('the item of %s with the text or key %s is %j', (path, item, expected) => {
    expect(valueAt(text, { path: ['services', ...path.split('.')], item }, file)).toEqual(expected)
  })
})
