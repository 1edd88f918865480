import { expect, test } from 'vitest'
import { controls } from '../../../src/controls/registry.ts'
import type { AuditReport } from '../../../src/report/audit/report.ts'
import { sarif } from '../../../src/report/audit/sarif.ts'
import { finding, install, report } from '../audit-reports.ts'

/** The parts of SARIF 2.1.0 that the tests look at; the words are those of the standard. */
interface Log {
  readonly version: string
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly rules: readonly {
          readonly id: string
          readonly name: string
          readonly helpUri: string
        }[]
      }
    }
    readonly originalUriBaseIds: Readonly<Record<string, { readonly uri: string }>>
    readonly invocations: readonly {
      readonly executionSuccessful: boolean
      readonly toolExecutionNotifications: readonly {
        readonly level: string
        readonly message: { readonly text: string }
        readonly associatedRule?: { readonly id: string; readonly index: number }
      }[]
    }[]
    readonly results: readonly {
      readonly ruleId: string
      readonly ruleIndex: number
      readonly level: string
      readonly locations?: readonly unknown[]
      readonly suppressions?: readonly unknown[]
      readonly partialFingerprints: Readonly<Record<string, string>>
    }[]
  }[]
}

const metas = controls.map(({ meta }) => meta)

function runOf(from: AuditReport) {
  const log: Log = JSON.parse(sarif(from, metas))
  expect(log.version).toBe('2.1.0')
  const [run] = log.runs
  if (run === undefined || log.runs.length > 1) throw new Error('not one run')
  return run
}

test('every control is a rule with an id that lasts and a page of its own', () => {
  const { rules } = runOf(report()).tool.driver
  expect(rules.map(({ id }) => id)).toEqual(metas.map(({ id }) => id))
  expect(rules.find(({ id }) => id === 'redis-auth')).toMatchObject({
    name: 'RedisAuth',
    helpUri: expect.stringMatching(/^https:\/\/.*\/docs\/controls\/redis-auth\.md$/),
    defaultConfiguration: { level: 'error' },
    properties: { 'security-severity': '9.5' },
  })
})

test('a result points at its rule, its file below the install, and its line', () => {
  const { results, tool, originalUriBaseIds } = runOf(
    report(
      install(),
      install({
        dir: '/srv/with blank',
        findings: [finding({ file: 'caddy/a b', line: 12, service: 'redis' })],
      }),
    ),
  )
  expect(originalUriBaseIds).toEqual({
    INSTALL1: { uri: 'file:///srv/tracecat/' },
    INSTALL2: { uri: 'file:///srv/with%20blank/' },
  })
  expect(results).toHaveLength(1)
  expect(tool.driver.rules[results[0]?.ruleIndex ?? -1]?.id).toBe('redis-auth')
  expect(results[0]?.locations).toEqual([
    {
      physicalLocation: {
        artifactLocation: { uri: 'caddy/a%20b', uriBaseId: 'INSTALL2' },
        region: { startLine: 12 },
      },
      logicalLocations: [{ name: 'redis', kind: 'module' }],
    },
  ])
})

test('a finding without a line has no region, one without a file no place', () => {
  const { results } = runOf(
    report(
      install({
        findings: [
          finding({ file: '.env' }),
          finding({ control: 'tls' }),
          finding({ file: '/etc/a' }),
        ],
      }),
    ),
  )
  expect(results.map(({ locations }) => locations)).toEqual([
    [{ physicalLocation: { artifactLocation: { uri: '.env', uriBaseId: 'INSTALL1' } } }],
    undefined,
    [{ physicalLocation: { artifactLocation: { uri: 'file:///etc/a' } } }],
  ])
})

test('what is accepted or stays is suppressed with its reason; only a yes of the admin is a review', () => {
  const { results } = runOf(
    report(
      install({
        findings: [
          finding(),
          finding({ status: 'accepted', reason: 'a lab', severity: 'low' }),
          finding({ status: 'stays', reason: 'no file can', endsWith: '1.0.0-beta.52' }),
        ],
      }),
    ),
  )
  expect(results.map(({ level, suppressions }) => [level, suppressions])).toEqual([
    ['error', undefined],
    ['note', [{ kind: 'external', status: 'accepted', justification: 'a lab' }]],
    [
      'error',
      [{ kind: 'external', justification: 'no file can; ends with Tracecat 1.0.0-beta.52' }],
    ],
  ])
})

test('a finding is the same after its words or its line changed, and two are two', () => {
  const printOf = (...findings: readonly ReturnType<typeof finding>[]) =>
    runOf(report(install({ findings }))).results.map(
      ({ partialFingerprints }) => Object.values(partialFingerprints)[0],
    )
  const [before] = printOf(finding({ file: '.env', line: 3 }))
  expect(printOf(finding({ file: '.env', line: 4, evidence: 'in other words' }))).toEqual([before])
  expect(
    new Set(
      printOf(finding({ file: '.env' }), finding({ file: '.env' }), finding({ file: 'Caddyfile' })),
    ).size,
  ).toBe(3)
  const both = runOf(
    report(install({ findings: [finding()] }), install({ dir: '/other', findings: [finding()] })),
  )
  expect(
    new Set(both.results.map(({ partialFingerprints }) => JSON.stringify(partialFingerprints)))
      .size,
  ).toBe(2)
})

test('what was not decided, and what could not be read, is said', () => {
  const [invocation] = runOf({
    installs: [install({ skipped: [{ control: 'tls', reason: 'no Caddyfile' }] })],
    failed: [{ dir: '/broken', message: 'not valid YAML', file: 'docker-compose.yml', line: 3 }],
  }).invocations
  expect(invocation).toMatchObject({
    executionSuccessful: false,
    toolExecutionNotifications: [
      {
        level: 'error',
        message: { text: 'not valid YAML' },
        locations: [
          {
            physicalLocation: {
              artifactLocation: { uri: 'file:///broken/docker-compose.yml' },
              region: { startLine: 3 },
            },
          },
        ],
      },
      {
        level: 'note',
        associatedRule: { id: 'tls', index: metas.findIndex(({ id }) => id === 'tls') },
      },
    ],
  })
  expect(runOf(report(install())).invocations).toEqual([
    { executionSuccessful: true, toolExecutionNotifications: [] },
  ])
})
