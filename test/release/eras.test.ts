import { describe, expect, it } from 'vitest'
import type { Abilities } from '../../src/release/release.ts'
import { releaseOf } from '../../src/release/release-of.ts'
import { compareTags, isCandidate } from '../../src/release/version.ts'
import { collectedEras, publishedReleases } from './upstream.ts'

const eras = collectedEras()
const published = publishedReleases()

/** How each ability follows from what was collected of the release. */
const derived: readonly (readonly [keyof Abilities, string, (value: never) => unknown])[] = [
  ['nsjail', 'image_has_nsjail', (value: boolean) => value],
  ['backends', 'backend doc values', (value: string[] | null) => value ?? []],
  ['authTypes', 'auth enum', (value: string[]) => value],
  ['genericOidc', 'oidc vars', (value: string[]) => value.includes('OIDC_ISSUER')],
  ['mcpUsesOidc', 'OIDC/OAUTH passed', (value: object) => 'mcp' in value],
  ['mcpRoutes', 'Caddyfile', (value: [string, string[]]) => value[1].includes('/mcp*')],
  ['mcpPublished', 'published ports', (value: object) => 'mcp' in value],
  ['secureCookie', 'cookie_secure_from', (value: string) => value === 'TRACECAT__PUBLIC_API_URL'],
  [
    'blankOriginsMeanAll',
    'blank_ALLOW_ORIGINS_means',
    (value: string) => value.startsWith('wildcard'),
  ],
  ['payloadKeyring', 'payload_keyring', (value: boolean) => value],
  ['egressFilter', 'egress vars', (value: string[]) => value.length > 0],
  ['mountCapabilities', 'mount_file_caps', (value: boolean) => value],
  [
    'freshProc',
    'nsjail_action_proc',
    (value: string | null) => value?.startsWith('fresh') ?? false,
  ],
  ['tunDevice', 'nsjail_action_net', (value: string | null) => /pasta|nstun/.test(value ?? '')],
  ['logsRedisUrl', 'redis_url_logged_at_INFO', (value: boolean) => value],
  ['samlPassed', 'SAML passed', (value: { api: string[] }) => value.api],
  ['presignedUrls', 'presigned endpoint', (value: object) => 'api' in value],
]

describe.skipIf(eras === undefined || published === undefined)(
  'the table agrees with what was collected (upstream)',
  () => {
    it.each(derived)('%s follows from "%s" in every release', (ability, title, derive) => {
      const rows = eras?.get(title) ?? []
      let compared = 0
      for (const tag of Object.keys(published ?? {})) {
        const row = rows.find(
          ({ first, last }) =>
            compareTags(tag, first) >= 0 && (last === 'HEAD' || compareTags(tag, last) <= 0),
        )
        // Between two rows stand candidates that were not looked at.
        if (row === undefined) {
          expect(isCandidate(tag), tag).toBe(true)
          continue
        }
        const value: unknown = derive(row.value as never)
        const ours = releaseOf(tag).abilities[ability]
        const sorted = (list: unknown) => (Array.isArray(list) ? [...list].sort() : list)
        expect(sorted(ours), `${ability} of ${tag}`).toEqual(sorted(value))
        compared += 1
      }
      expect(compared).toBeGreaterThan(150)
    })
  },
)
