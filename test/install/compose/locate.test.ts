import { expect, test } from 'vitest'
import { resolveCompose } from '../../../src/install/compose/resolve.ts'

const base = `x-common: &common
  restart: always
services:
  redis:
    <<: *common
    image: redis
    environment:
      - FOO=1
      - BAR=2
    volumes:
      - data:/data
      - ./conf:/etc/redis
    cap_add: [CHOWN, SETUID]
  caddy:
    image: caddy
    ports:
      - 80:80
volumes:
  data:
`
const override = `services:
  redis:
    command: redis-server
    environment:
      BAR: 3
    volumes:
      - other:/data
  caddy:
    ports: !override
      - 443:443
`
const resolved = resolveCompose(
  [
    { file: 'docker-compose.yml', text: base },
    { file: 'over.yml', text: override },
  ],
  new Map(),
  { projectDirectory: '/srv/demo' },
)

test.each([
  ['a key of the first file', ['services', 'redis', 'image'], 'docker-compose.yml', 6],
  ['a key of the override', ['services', 'redis', 'command'], 'over.yml', 3],
  ['a variable of a list', ['services', 'redis', 'environment', 'FOO'], 'docker-compose.yml', 8],
  ['a variable that the override sets', ['services', 'redis', 'environment', 'BAR'], 'over.yml', 5],
  [
    'a variable that is not there: its environment',
    ['services', 'redis', 'environment', 'NO'],
    'over.yml',
    4,
  ],
  ['a key that came by an anchor', ['services', 'redis', 'restart'], 'docker-compose.yml', 2],
  ['a key that is not there: its service', ['services', 'redis', 'privileged'], 'over.yml', 2],
  ['a volume by its target, replaced', ['services', 'redis', 'volumes', '/data'], 'over.yml', 7],
  ['a volume by its index', ['services', 'redis', 'volumes', '1'], 'docker-compose.yml', 12],
  ['an item by its text', ['services', 'redis', 'cap_add', 'SETUID'], 'docker-compose.yml', 13],
  ['a port of a list that was replaced', ['services', 'caddy', 'ports', '0'], 'over.yml', 10],
  ['a declared volume', ['volumes', 'data'], 'docker-compose.yml', 19],
] as const)('%s', (_name, path, file, line) => {
  expect(resolved.locate(path)).toEqual({ file, line })
})

test('what no file has a beginning of stands nowhere', () => {
  expect(resolved.locate(['secrets', 'x'])).toBeUndefined()
})
