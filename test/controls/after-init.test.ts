import { describe, expect, test } from 'vitest'
import type { PartialAnswers } from '../../src/answers/schema.ts'
import type { Case } from '../../src/controls/control.ts'
import { known } from '../../src/controls/facts.ts'
import { judge } from '../../src/controls/judge.ts'
import { controls } from '../../src/controls/registry.ts'
import { describeStock, releases } from '../stock.ts'
import { answersOf, harden, hardened, type Parts } from './case.ts'
import { stockCase } from './stock-case.ts'

const saml: PartialAnswers = {
  sso: { type: 'saml', metadataUrl: 'https://idp.example.com/metadata' },
}
const oidc: PartialAnswers = {
  sso: { type: 'oidc', issuer: 'https://idp.example.com', clientId: 'abc' },
}

/** Choices that lead controls down different ways; all with all is in test/product. */
const choices: Readonly<Record<string, PartialAnswers>> = {
  'passwords, automatic TLS': {},
  'OIDC and passwords, own certificate, many tenants': {
    ...oidc,
    keepPasswords: true,
    tls: 'certificate',
    certificate: 'certs/tls.crt',
    certificateKey: 'certs/tls.key',
    tenancy: 'multi',
    executorPrivileges: 'confined',
  },
  'SAML, load balancer, trusted': {
    ...saml,
    tls: 'load-balancer',
    trustedProxies: ['10.0.0.0/8'],
    tenancy: 'trusted',
    allowedDomains: [],
  },
  'SAML, proxy and authority of a company, encrypted histories': {
    ...saml,
    tls: 'internal',
    proxy: 'http://proxy.example.com:3128',
    caBundle: 'certs/company.crt',
    executorPrivileges: 'privileged',
  },
}

function openIn(c: Case): readonly string[] {
  return judge(controls, c)
    .findings.filter(({ status }) => status === 'open')
    .map(({ control, evidence }) => `${control.id}: ${evidence}`)
}

/** What is called accepted, by the answer that says so. */
function acceptedIn(c: Case): readonly string[] {
  const accepted = judge(controls, c).findings.filter(({ status }) => status === 'accepted')
  return [...new Set(accepted.map(({ standing }) => standing?.reason ?? ''))].sort()
}

/** The choices among these answers that accept a risk, as a report names them. */
function choicesIn({ sso, tenancy, keepPasswords, executorPrivileges }: PartialAnswers) {
  return [
    ...(sso === undefined ? ['sso: {type: basic}'] : []),
    ...(tenancy === 'trusted' ? ['tenancy: trusted'] : []),
    ...(keepPasswords === true ? ['keepPasswords: true'] : []),
    ...(executorPrivileges === undefined ? [] : [`executorPrivileges: ${executorPrivileges}`]),
  ].map((choice) => `${choice} in tracecat-harden.yaml`)
}

function factsFor(answers: PartialAnswers): Parts['facts'] {
  const level = answers.executorPrivileges
  return {
    privileges: {
      level: level === undefined || level === 'auto' ? 'privileged' : level,
      how: level === undefined || level === 'auto' ? 'assumed' : 'asked',
      why: 'a test',
    },
  }
}

describe.each(Object.entries(choices))('after init with %s', (_name, answers) => {
  test('the practice install has no open finding', () => {
    expect(openIn(hardened({ answers, facts: { ...factsFor(answers) } }))).toEqual([])
  })

  describeStock('nor has a stock install', () => {
    test.each(releases)('%s', (release) => {
      const stock = stockCase(release)
      const { tag, abilities } = stock.release
      const possible =
        answers.sso?.type === 'oidc' && !abilities.genericOidc ? { ...answers, ...saml } : answers
      const c = harden({
        ...stock,
        answers: answersOf({ answers: possible }, tag),
        facts: {
          ...stock.facts,
          ...factsFor(possible),
          fresh: true,
          data: { state: 'none', why: '' },
        },
      })
      expect(openIn(c)).toEqual([])
      expect(acceptedIn(c).filter((reason) => !choicesIn(possible).includes(reason))).toEqual([])
    })
  })
})

test('a host that cannot start a sandbox is said, and is no open finding of the files', () => {
  const parts: Parts = { answers: {}, host: { tunDevice: known('absent'), kernel: known('4.4.0') } }
  const judged = judge(controls, hardened(parts))
  expect(openIn(hardened(parts))).toEqual([])
  expect(judged.findings.filter(({ control }) => control.id === 'sandbox-host')).toHaveLength(2)
})
