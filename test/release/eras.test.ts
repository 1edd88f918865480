import { expect, it } from 'vitest'
import type { Abilities } from '../../src/release/release.ts'
import { releaseOf } from '../../src/release/release-of.ts'
import { knownTags } from '../../src/release/tags.ts'
import { compareTags, isCandidate } from '../../src/release/version.ts'
import facts from './eras.json' with { type: 'json' }

// eras.json holds facts as read from Tracecat's repository, release by release: first and last tag
// with a value, both included. The ways of reading them are in docs/tracecat.md.
const eras: Readonly<Record<keyof typeof facts, readonly (readonly unknown[])[]>> = facts

/** How each ability follows from what was read of the release. */
const derived: readonly (readonly [
  keyof Abilities,
  keyof typeof facts,
  (value: never) => unknown,
])[] = [
  ['nsjail', 'image has nsjail', (value: boolean) => value],
  ['backends', 'executor backends', (value: string[]) => value],
  ['authTypes', 'sign-in types', (value: string[]) => value],
  [
    'genericOidc',
    'variables of OIDC and Google sign-in',
    (value: string[]) => value.includes('OIDC_ISSUER'),
  ],
  ['mcpUsesOidc', 'services that get OIDC variables', (value: string[]) => value.includes('mcp')],
  ['mcpRoutes', 'routes of the Caddyfile', (value: string[]) => value.includes('/mcp*')],
  ['mcpPublished', 'services with published ports', (value: string[]) => value.includes('mcp')],
  [
    'secureCookie',
    'variable that makes the cookie Secure',
    (value: string) => value === 'TRACECAT__PUBLIC_API_URL',
  ],
  [
    'blankOriginsMeanAll',
    'origins allowed where ALLOW_ORIGINS is blank',
    (value: string) => value === 'all',
  ],
  ['payloadKeyring', 'payload keyring', (value: boolean) => value],
  ['egressFilter', 'egress variables', (value: string[]) => value.length > 0],
  ['mountCapabilities', 'mount has file capabilities', (value: boolean) => value],
  ['freshProc', '/proc of a jailed action', (value: string | null) => value === 'fresh'],
  [
    'tunDevice',
    'network of a jailed action',
    (value: string | null) => value === 'pasta' || value === 'nstun',
  ],
  ['logsRedisUrl', 'Redis URL is logged', (value: boolean) => value],
  ['samlPassed', 'SAML variables that the api gets', (value: string[]) => value],
  ['presignedUrls', 'api presigns for the public address', (value: boolean) => value],
]

it.each(derived)('%s follows from "%s" in every release', (ability, title, derive) => {
  let compared = 0
  for (const tag of knownTags) {
    const row = eras[title].find(
      ([first, last]) =>
        compareTags(tag, String(first)) >= 0 &&
        (last === 'HEAD' || compareTags(tag, String(last)) <= 0),
    )
    // Between two rows stand candidates that were not looked at.
    if (row === undefined) {
      expect(isCandidate(tag), tag).toBe(true)
      continue
    }
    const value: unknown = derive(row[2] as never)
    const ours = releaseOf(tag).abilities[ability]
    const sorted = (list: unknown) => (Array.isArray(list) ? [...list].sort() : list)
    expect(sorted(ours), `${ability} of ${tag}`).toEqual(sorted(value))
    compared += 1
  }
  expect(compared).toBeGreaterThan(150)
})
