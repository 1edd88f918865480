import fc from 'fast-check'
import { compareWithCompose } from './agreement.ts'
import type { ServiceCase } from './cases.ts'
import { composeConfig } from './compose-command.ts'
import { filesOf, inFolder } from './folders.ts'

const quoted = (text: string): string => JSON.stringify(text)
const name = fc.constantFrom('A', 'B', 'C', 'D')
const value = fc.constantFrom(
  '1',
  'x',
  'a b',
  '',
  '${SET}',
  '${EMPTY:-d}',
  '${UNSET-u}',
  '$$x',
  'k=v',
)
const environmentMap = fc
  .uniqueArray(fc.tuple(name, fc.option(value)), { selector: ([key]) => key })
  .map(
    (pairs) =>
      `{${pairs.map(([key, text]) => `${key}: ${text === null ? '' : quoted(text)}`).join(', ')}}`,
  )
const flowList = (items: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(items, { maxLength: 4 }).map((list) => `[${list.join(', ')}]`)
const uniqueList = (items: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.uniqueArray(items, { maxLength: 3 }).map((list) => `[${list.join(', ')}]`)
const environmentList = flowList(
  fc
    .tuple(name, fc.option(value))
    .map(([key, text]) => quoted(text === null ? key : `${key}=${text}`)),
)
const port = fc.oneof(
  fc.constantFrom(
    '80',
    '"80:80"',
    '"127.0.0.1:80:80"',
    '"80:80/udp"',
    '"81-82:81-82"',
    '"90-91:90"',
  ),
  fc.constantFrom(
    '{target: 80, published: "80"}',
    '{target: 80}',
    '"${PORT}:80"',
    '"0.0.0.0:80:80/tcp"',
  ),
)
const volume = fc.constantFrom(
  '"vol:/a"',
  '"wol:/a/"',
  '"./x:/a:ro"',
  '"/y:/b"',
  '"vol:/b:nocopy"',
  '"/c"',
  '"${FOLDER}:/d:ro,z"',
  '{type: bind, source: ./q, target: /a}',
  '{type: volume, source: vol, target: /b, read_only: true}',
)
const words = fc.constantFrom(
  'a b',
  'a "b c"',
  "a 'b' \\ c",
  'a; b',
  '',
  'x $$HOME ${SET}',
  '"" y',
  '2> z',
)
const fields: Readonly<Record<string, fc.Arbitrary<string>>> = {
  environment: fc.oneof(environmentMap, environmentList),
  ports: flowList(port),
  volumes: flowList(volume),
  command: fc.oneof(words.map(quoted), flowList(words.map(quoted))),
  entrypoint: words.map(quoted),
  labels: fc.oneof(environmentMap, environmentList),
  extra_hosts: fc.oneof(
    fc.constantFrom('{a: 1.1.1.1}', '{a: 2.2.2.2, b: "::1"}'),
    uniqueList(fc.constantFrom('"a:1.1.1.1"', '"b=2.2.2.2"', '"c:host-gateway"')),
  ),
  cap_add: uniqueList(fc.constantFrom('A', 'B', 'C')),
  cap_drop: uniqueList(fc.constantFrom('ALL', 'B')),
  devices: uniqueList(fc.constantFrom('"/dev/a"', '"/dev/b:/dev/a"', '"/dev/c:/dev/c:r"')),
  networks: fc.oneof(
    uniqueList(fc.constantFrom('one', 'two')),
    fc.constantFrom('{one: }', '{one: {aliases: [q]}, two: }', '{one: {aliases: [r, q]}}'),
  ),
  configs: flowList(
    fc.constantFrom('cfg', 'cfg2', '{source: cfg, target: /t}', '{source: cfg2, target: /t}'),
  ),
  depends_on: fc.oneof(
    uniqueList(fc.constantFrom('x1', 'x2')),
    fc.constantFrom(
      '{x1: {condition: service_healthy}}',
      '{x2: {condition: service_started, restart: true}}',
    ),
  ),
  healthcheck: fc.constantFrom(
    '{test: a b}',
    '{test: [CMD, a], interval: 5s}',
    '{interval: 1m30s, retries: "${R:-4}"}',
    '{disable: true}',
  ),
  logging: fc.constantFrom(
    '{driver: json-file, options: {max-size: 10m}}',
    '{options: {max-file: "3"}}',
    '{driver: local}',
  ),
  deploy: fc.constantFrom(
    '{resources: {limits: {memory: 1g}}}',
    '{resources: {limits: {pids: 5}}}',
  ),
  privileged: fc.constantFrom('true', 'false', '"${YES}"'),
  read_only: fc.constantFrom('true', '"off"'),
  user: fc.constantFrom('"0"', 'a:b', '"${SET}"'),
  restart: fc.constantFrom('always', 'no', '"no"', 'on-failure:3'),
  container_name: fc.constantFrom('nn', 'n-${SET}'),
  tmpfs: fc.oneof(fc.constant('/t1'), uniqueList(fc.constantFrom('/t1', '/t2'))),
}

const tags = fc.constantFrom('', '', '', '', '!override ', '!reset ')
const line = (tagged: boolean): fc.Arbitrary<readonly [string, string]> =>
  fc
    .constantFrom(...Object.keys(fields))
    .chain((key) =>
      fc.tuple(fc.constant(key), tagged ? tags : fc.constant(''), fields[key] ?? fc.constant('')),
    )
    .map(([key, tag, text]) => [key, `${key}: ${tag}${text}`] as const)
const body = (tagged: boolean): fc.Arbitrary<string> =>
  fc
    .uniqueArray(line(tagged), { selector: ([key]) => key, minLength: 1, maxLength: 5 })
    .map((lines) => lines.map(([, text]) => text).join('\n'))

/** A service and an override of it. */
export const randomService: fc.Arbitrary<ServiceCase> = fc
  .record({ base: body(false), override: body(true) })
  .map((both) => ({ name: 'random', ...both }))

/**
 * What Compose reads otherwise in many services at once; where it refuses them together, each
 * half is asked alone. `accepted` counts the services that Compose accepted.
 */
export function compareAll(services: readonly ServiceCase[]): {
  readonly found: readonly string[]
  readonly accepted: number
} {
  const options = { looseReferences: true }
  const [accepted, found] = inFolder(filesOf(services), (directory) => {
    const ok = composeConfig(directory, options).ok
    return [ok, ok || services.length === 1 ? compareWithCompose(directory, options) : []] as const
  })
  if (accepted || services.length === 1) {
    const shown = found.map((text) => {
      const index = Number(/^services\.c([0-9]+)/.exec(text)?.[1] ?? 0)
      return `${text}\n${JSON.stringify(services[index])}`
    })
    return { found: shown, accepted: accepted ? services.length : 0 }
  }
  const half = Math.ceil(services.length / 2)
  const parts = [compareAll(services.slice(0, half)), compareAll(services.slice(half))]
  return {
    found: parts.flatMap((part) => part.found),
    accepted: parts.reduce((sum, part) => sum + part.accepted, 0),
  }
}
