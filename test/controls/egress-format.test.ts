import { expect, test } from 'vitest'
import { cidrProblem, portProblem, ruleCount } from '../../src/controls/isolation/egress-format.ts'
import { egressRules } from '../../src/controls/isolation/egress-rules.ts'
import { caseOf, look } from './case.ts'

/** Each as Python 3.11's `ipaddress.ip_network(text)` judges it. */
test.each([
  ['10.0.0.0/8', true],
  ['10.0.0.1', true],
  ['10.0.0.1/32', true],
  ['0.0.0.0/0', true],
  ['192.168.1.128/25', true],
  ['fd00::/8', true],
  ['2001:db8::1', true],
  ['::ffff:10.0.0.0/104', true],
  ['::/0', true],
  ['10.0.0.0/255.0.0.0', true],
  ['10.0.0.0/0.255.255.255', true],
  ['10.0.0.0/08', true],
  ['10.0.0.0/255.0.255.0', false],
  ['010.0.0.0/8', false],
  ['10.0.0.1/8', false],
  ['192.168.1.64/25', false],
  ['10.0.0.0/33', false],
  ['10.0.0.0/', false],
  ['10.0.0.0/8/8', false],
  ['10.0.0', false],
  ['example.com', false],
  ['fd00::1/8', false],
  ['2001:db8::1/64', false],
  ['fd00::/129', false],
])('%s is a network: %s', (text, accepted) => {
  expect(cidrProblem(text) === undefined).toBe(accepted)
})

test.each([
  ['443', true],
  ['1', true],
  ['65535', true],
  ['0', false],
  ['65536', false],
  ['https', false],
  ['-1', false],
])('%s is a port: %s', (text, accepted) => {
  expect(portProblem(text) === undefined).toBe(accepted)
})

test('rules multiply by ports', () => {
  const none = ruleCount({ cidrs: 0, ports: 1, blocked: 0, ipv6: false })
  expect(ruleCount({ cidrs: 10, ports: 3, blocked: 4, ipv6: false })).toBe(none + 34)
})

test('more rules than Tracecat takes are seen before they end every run', () => {
  const networks = Array.from({ length: 60 }, (_, index) => `10.${index}.0.0/16`).join(',')
  const inspect = (ports: string) =>
    look(
      egressRules,
      caseOf({
        release: '1.0.0-beta.52-rc.3',
        env: {
          TRACECAT__SANDBOX_ACTION_ALLOWED_EGRESS_CIDRS: networks,
          TRACECAT__SANDBOX_ACTION_ALLOWED_EGRESS_TCP_PORTS: ports,
        },
      }),
    ).open
  expect(inspect('443')).toEqual([])
  expect(
    inspect('443,8443')
      .map(({ evidence }) => evidence)
      .join(),
  ).toContain('refuses more than 128')
})
