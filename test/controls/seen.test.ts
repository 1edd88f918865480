import { inspect } from 'node:util'
import { describe, expect, test } from 'vitest'
import type { Seen, SeenValue } from '../../src/controls/control.ts'
import { judge } from '../../src/controls/judge.ts'
import { look } from '../../src/controls/look.ts'
import { controls } from '../../src/controls/registry.ts'
import { auditedInstall } from '../../src/report/audit/report.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { isWhollySecretName } from '../../src/secrets/names.ts'
import { Sealed } from '../../src/secrets/sealed.ts'
import { isWellKnown } from '../../src/secrets/well-known.ts'
import { caseOf, hardened, type Parts } from './case.ts'
import { rows } from './rows.ts'

/** Knows no secret: what it lets through was put in by the controls. */
const blind = new Masker()

function textOf(value: SeenValue): string {
  return value instanceof Sealed ? value.through(blind).reveal() : String(value)
}

/** What was seen and what should be: a release may demand another value. */
function wordsOf({ subject, value, expected }: Seen): string {
  return `${subject}: ${textOf(value)}, not ${textOf(expected)}`
}

function seenIn(id: string, c: Parameters<typeof judge>[1]): readonly Seen[] {
  const control = controls.find(({ meta }) => meta.id === id)
  const verdict = control?.inspect(c)
  return verdict?.kind === 'pass' ? verdict.seen : []
}

function findingsIn(id: string, c: Parameters<typeof judge>[1]): readonly Seen[] {
  const control = controls.find(({ meta }) => meta.id === id)
  const verdict = control?.inspect(c)
  return verdict?.kind === 'open' ? verdict.findings : []
}

describe.each(rows)('$id: $evidence', ({ id, fires, quiet }) => {
  const good = seenIn(id, caseOf(quiet))
  const bad = findingsIn(id, caseOf(fires))

  test('a verdict that passes says once of each subject what was seen', () => {
    const subjects = good.map(({ subject }) => subject)
    expect(subjects.filter((one, index) => subjects.indexOf(one) !== index)).toEqual([])
    for (const one of [...good, ...bad]) {
      expect(one.subject).not.toBe('')
      expect(textOf(one.value)).not.toBe('')
      expect(textOf(one.expected)).not.toBe('')
    }
  })

  test('what is wrong was seen otherwise than what is right', () => {
    const alike = bad.filter((one) => good.some((right) => wordsOf(right) === wordsOf(one)))
    expect(alike.map(wordsOf)).toEqual([])
  })
})

/** They pass on no install: nothing that they are about is ever right, or they do not decide. */
const neverPass = [
  'database-settings',
  'interrupted-run',
  'minio-unfixed',
  'sign-in-limit',
  'ui-logs-service-key',
]

/** Answers that set up what the example's do not. */
const everything: Parts = {
  answers: {
    sso: { type: 'saml', metadataUrl: 'https://idp.example.com/metadata' },
    tls: 'load-balancer',
    trustedProxies: ['10.0.0.0/8'],
    caBundle: 'certs/company.crt',
    proxy: 'http://proxy.example.com:3128',
    executorPrivileges: 'confined',
  },
  facts: { privileges: { level: 'confined', how: 'asked', why: 'a test' } },
}

test('every other control passes somewhere in the table', () => {
  const passed = new Set([
    ...rows.flatMap(({ id, quiet }) => (seenIn(id, caseOf(quiet)).length > 0 ? [id] : [])),
    ...[{}, { release: '1.0.0-beta.50' }, everything].flatMap((parts) => [
      ...judge(controls, hardened(parts)).passed.keys(),
    ]),
  ])
  const silent = controls.map(({ meta }) => meta.id).filter((id) => !passed.has(id))
  expect(silent.sort()).toEqual(neverPass)
})

test.each([
  ['the practice install', caseOf()],
  ['the same after init', hardened()],
  ['one with short passwords', caseOf({ env: { TRACECAT__POSTGRES_PASSWORD: 'kX9vQ2' } })],
])('no secret of %s is in what was seen, whoever masks it', (_, c) => {
  const audited = auditedInstall('/srv', '1', judge(controls, c), blind, true)
  const text = JSON.stringify([audited.seen, audited.findings.map(({ seen }) => seen)])
  const secrets = [...c.install.values].flatMap(([name, value]) =>
    isWhollySecretName(name) && value !== '' && !isWellKnown(value) ? [value] : [],
  )
  expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
  expect(Object.keys(JSON.parse(audited.seen ?? '{}'))).toEqual(audited.passed)
})

test('text that was seen gets out through a Masker only', () => {
  const secret = 'Zk3v9QmT7xWb2LpR8sNd4YhC6uGf1JaE'
  const masker = new Masker()
  masker.learn(secret)
  const seen = look({ subject: 'a place', where: undefined, value: `set to ${secret}` }, 'not set')
  expect(seen.value).toBeInstanceOf(Sealed)
  const accidents = [String(seen.value), JSON.stringify(seen), inspect(seen, { depth: 9 })]
  expect(accidents.filter((text) => text.includes(secret))).toEqual([])
  expect((seen.value as Sealed).through(masker).reveal()).toBe('set to ********')
})

test('without words of its own a finding says what is there and what should be', () => {
  const finding = look({ subject: 'LEVEL', where: undefined, value: 3 }, 5, {})
  expect(finding).toMatchObject({
    evidence: 'LEVEL is 3, not 5',
    remedy: 'Run tracecat-harden init.',
  })
})
