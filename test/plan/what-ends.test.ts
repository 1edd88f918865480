import { expect, test } from 'vitest'
import { whatEnds } from '../../src/plan/what-ends.ts'
import { caseOf, hardenCaseOf, hardened, type Parts } from '../controls/case.ts'

/** What ends for people on the practice install, once it is hardened with these differences. */
function ends(parts: Parts): readonly string[] {
  return whatEnds(hardenCaseOf(caseOf(parts)), hardened(parts).install)
}

const inUse: NonNullable<Parts['facts']> = {
  fresh: false,
  data: { state: 'exists', evidence: ['the volume tracecat_core-db'], certain: true },
}

test('nothing ends on a stack that was never started', () => {
  expect(ends({ answers: {}, facts: { fresh: true } })).toEqual([])
})

test('addresses, sign-up and headers end on one that people use', () => {
  const lines = ends({ answers: {}, facts: inUse }).join('\n')
  expect(lines).toContain('from http://localhost:80 to https://tracecat.example.com')
  expect(lines).toContain('Webhooks sent to http:// get a redirect')
  expect(lines).toContain('Only addresses of example.com may sign in')
  expect(lines).toContain('Sign-up is closed')
  expect(lines).toContain('tracecat-admin from another host')
  expect(lines).not.toContain('Passwords stop working')
})

test('passwords end with a provider, unless they are kept', () => {
  const sso = { type: 'saml', metadataUrl: 'https://idp.example.com/metadata' } as const
  expect(ends({ answers: { sso }, facts: inUse }).join('\n')).toContain('Passwords stop working')
  const kept = ends({ answers: { sso, keepPasswords: true }, facts: inUse }).join('\n')
  expect(kept).not.toContain('Passwords stop working')
})

test.each(['', "'oidc, BASIC'"])('passwords that are on as %o end, too', (types) => {
  const sso = { type: 'saml', metadataUrl: 'https://idp.example.com/metadata' } as const
  const lines = ends({ env: { TRACECAT__AUTH_TYPES: types }, answers: { sso }, facts: inUse })
  expect(lines.join('\n')).toContain('Passwords stop working')
})

test('a port that only this host reaches from now on is named', () => {
  const compose = [['  mcp:\n', '  mcp:\n    ports: ["8099:8099"]\n']] as const
  const lines = ends({ release: '1.0.0-beta.20', compose, answers: {}, facts: inUse })
  expect(lines.join('\n')).toContain('Port 8099 (mcp) is reached from this host only')
})
