import { expect, test } from 'vitest'
import { judge } from '../../src/controls/judge.ts'
import { controls } from '../../src/controls/registry.ts'
import { caseOf } from './case.ts'

/** What is said of passwords with this value, and of parts that the release does not know. */
function said(release: string, value: string | undefined) {
  const { findings } = judge(controls, caseOf({ release, env: { TRACECAT__AUTH_TYPES: value } }))
  const of = (id: string) => findings.filter(({ control }) => control.id === id)
  const strange = of('sign-in').filter(({ evidence }) => evidence.includes(' names '))
  return {
    passwords: of('open-sign-up').length > 0,
    strange: strange.map(({ evidence }) => evidence.replace(/^.*names ('.*?'),.*: /, '$1: ')),
  }
}

const strict = '1.0.0-beta.30'
const lenient = '1.0.0-beta.31'

test.each([
  [lenient, 'basic', true, []],
  [lenient, "'oidc, Basic'", true, []],
  [lenient, "' BASIC '", true, []],
  [lenient, '', true, []],
  [lenient, undefined, true, []],
  [lenient, 'oidc,,', false, []],
  [lenient, 'ldap,google_oauth', false, stops('ldap', 'google_oauth')],
  [lenient, 'basic,ldap', true, ["'ldap': it is ignored"]],
  [strict, 'BASIC,Saml', true, []],
  [strict, "'oidc, basic'", false, stops(' basic')],
  [strict, '', false, stops('')],
  [strict, undefined, false, stops('')],
  [strict, 'basic,', true, stops('')],
] as const)('%s reads %s', (release, value, passwords, strange) => {
  expect(said(release, value)).toEqual({ passwords, strange })
})

test.each([
  ['saml', true],
  ['SAML', true],
  ['basic,saml', false],
  ['oidc', false],
] as const)("with %s the case of the superadmin's domain is no matter: %s", (types, passes) => {
  const c = caseOf({
    release: lenient,
    env: {
      TRACECAT__AUTH_TYPES: types,
      TRACECAT__AUTH_ALLOWED_DOMAINS: 'example.com',
      TRACECAT__AUTH_SUPERADMIN_EMAIL: 'Admin@Example.com',
    },
  })
  expect(judge(controls, c).passed.has('superadmin')).toBe(passes)
})

function stops(...names: readonly string[]): readonly string[] {
  return names.map((name) => `'${name}': the api does not start`)
}
