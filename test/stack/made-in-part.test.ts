import { expect, test } from 'vitest'
import { resolveCompose } from '../../src/install/compose/resolve.ts'
import { lackingNetworks } from '../../src/stack/made-in-part.ts'
import { container } from '../live/container.ts'

const text = `name: harden
services:
  api: { image: a, networks: [core, db, outside, named] }
  default: { image: a }
  host: { image: a, network_mode: host }
networks:
  core:
  db: { name: "\${COMPOSE_PROJECT_NAME}_db" }
  outside: { external: true }
  named: { name: ours }
`
const compose = resolveCompose([{ file: 'c.yml', text }], new Map(), {
  projectDirectory: '/opt/tracecat',
})
const lacking = (service: string, networks: readonly string[], project = 'harden') =>
  lackingNetworks([container(service, { networks })], { compose }, project)

test.each([
  ['every network', 'api', ['harden_core', 'harden_db', 'ours', 'outside'], []],
  ['one more', 'api', ['bridge', 'harden_core', 'harden_db', 'ours', 'outside'], []],
  ['no database', 'api', ['harden_core', 'ours', 'outside'], ['api']],
  ['none of another name', 'api', ['harden_core', 'harden_db', 'outside'], ['api']],
  ['none from outside', 'api', ['harden_core', 'harden_db', 'ours'], ['api']],
  ['the default one', 'default', ['harden_default'], []],
  ['not the default one', 'default', [], ['default']],
  ['the host’s', 'host', ['host'], []],
  ['one that no file has', 'foreign', [], []],
])('%s', (_, service, networks, found) => {
  expect(lacking(service, networks)).toEqual(found)
})

test('the project that the containers have names the networks', () => {
  expect(lacking('default', ['other_default'], 'other')).toEqual([])
  expect(lacking('default', ['harden_default'], 'other')).toEqual(['default'])
})

test('of two containers of a service one is enough; it is named once', () => {
  const two = [container('default'), container('default', { networks: [] })]
  expect(lackingNetworks(two, { compose }, 'harden')).toEqual(['default'])
})

test('without a Compose file nothing is known', () => {
  expect(lackingNetworks([container('api')], { compose: undefined }, 'harden')).toEqual([])
})
