import { describe, expect, test } from 'vitest'
import { readArguments } from '../../src/commands/arguments.ts'
import { Failure } from '../../src/failure.ts'

const defaults = {
  directories: ['.'],
  format: 'text',
  failOn: 'low',
  include: [],
  controls: [],
  verbose: false,
}

describe('audit', () => {
  test.each([
    [['audit'], {}],
    [['audit', 'a', 'b'], { directories: ['a', 'b'] }],
    [['audit', '--dir', 'a'], { directories: ['a'] }],
    [['audit', '--format', 'sarif'], { format: 'sarif' }],
    [['audit', '--format', 'sarif', '--json'], { format: 'json' }],
    [['audit', '--fail-on', 'never'], { failOn: 'never' }],
    [['audit', '--include', 'stays', '--include=accepted'], { include: ['stays', 'accepted'] }],
    [['audit', '--control', 'tls', '--control=redis-auth'], { controls: ['tls', 'redis-auth'] }],
  ])('%j', (args, options) => {
    expect(readArguments(args)).toEqual({
      kind: 'audit',
      noColor: false,
      options: { ...defaults, ...options },
    })
  })

  test.each([
    [['audit', 'a', '--dir', 'b'], /named twice/],
    [['audit', '--format', 'xml'], /text, json, sarif, markdown/],
    [['audit', '--fail-on', 'worst'], /low, medium, high, critical, never/],
    [['audit', '--include', 'open'], /--include is one of stays, accepted/],
    [['audit', '--fresh'], /--fresh is an option of init, not of audit/],
    [['init', '--control', 'tls'], /--control is an option of audit, not of init/],
    [['adit'], /no command 'adit'/],
    [['toString'], /no command 'toString'/],
    [['explain', 'a', 'b'], /one control/],
  ])('%j is refused', (args, message) => {
    const read = () => readArguments(args)
    expect(read).toThrow(Failure)
    expect(read).toThrow(message)
  })

  test('a mistyped command is answered with the right one', () => {
    expect(() => readArguments(['adit'])).toThrow(
      expect.objectContaining({ remedy: expect.stringContaining('Did you mean audit?') }),
    )
  })
})

test('explain takes a control, and JSON', () => {
  expect(readArguments(['explain', 'tls', '--json'])).toEqual({
    kind: 'explain',
    control: 'tls',
    json: true,
    noColor: false,
  })
})

test.each([
  'verify',
  'completion',
])('%s, which reports and the design name, is said to come, not to be unknown', (command) => {
  expect(() => readArguments([command])).toThrow(`${command} is not part of this version yet`)
})
