import { expect, test } from 'vitest'
import { hardened } from './case.ts'

const oidc = { type: 'oidc', issuer: 'https://idp.example.com', clientId: 'abc' } as const
const saml = { type: 'saml', metadataUrl: 'https://idp.example.com/metadata' } as const

test.each([
  ['1.0.0-beta.19', { type: 'basic' }, 'unless-stopped'],
  ['1.0.0-beta.20', { type: 'basic' }, 'on-failure:3'],
  ['1.0.0-beta.38', saml, 'on-failure:3'],
  ['1.0.0-beta.38', oidc, 'unless-stopped'],
  ['1.0.0-beta.39', { type: 'basic' }, 'unless-stopped'],
] as const)('mcp of %s with %o may give up only where it cannot start: %s', (release, sso, restart) => {
  const mcp = hardened({ release, answers: { sso } }).install.compose?.model.services.get('mcp')
  expect(mcp?.restart).toBe(restart)
})
