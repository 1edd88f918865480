import { describe, expect, it } from 'vitest'
import { Failure } from '../../src/failure.ts'
import type { Abilities } from '../../src/release/release.ts'
import { releaseOf } from '../../src/release/release-of.ts'

/** Which releases stand on either side of each change: from the facts, not from the table. */
const boundaries: readonly (readonly [keyof Abilities, readonly (readonly [string, unknown])[]])[] =
  [
    [
      'nsjail',
      [
        ['0.52.2', false],
        ['0.53.0', true],
        ['1.0.0-beta.52-rc.10', true],
      ],
    ],
    [
      'backends',
      [
        ['0.53.25', []],
        ['1.0.0-beta.0', ['pool', 'ephemeral', 'direct', 'auto']],
        ['1.0.0-beta.7', ['pool', 'ephemeral', 'direct', 'auto']],
        ['1.0.0-beta.8', ['pool', 'ephemeral', 'direct', 'test', 'auto']],
        ['1.0.0-beta.50', ['pool', 'ephemeral', 'direct', 'test', 'auto']],
        ['1.0.0-beta.51-rc.11', ['pool', 'ephemeral', 'direct', 'test', 'auto']],
        ['1.0.0-beta.51-rc.12', ['ephemeral', 'direct', 'test', 'auto']],
        ['1.0.0-beta.51', ['ephemeral', 'direct', 'test', 'auto']],
      ],
    ],
    [
      'authTypes',
      [
        ['0.40.0', ['basic', 'google_oauth', 'oidc', 'saml']],
        ['1.0.0-beta.30', ['basic', 'google_oauth', 'oidc', 'saml']],
        ['1.0.0-beta.31', ['basic', 'oidc', 'saml']],
      ],
    ],
    [
      'genericOidc',
      [
        ['1.0.0-beta.4', false],
        ['1.0.0-beta.5', true],
        ['1.0.0-beta.51', true],
      ],
    ],
    [
      'mcpUsesOidc',
      [
        ['1.0.0-beta.19', false],
        ['1.0.0-beta.20', true],
        ['1.0.0-beta.38', true],
        ['1.0.0-beta.39', false],
      ],
    ],
    [
      'mcpRoutes',
      [
        ['1.0.0-beta.27', false],
        ['1.0.0-beta.28', true],
      ],
    ],
    [
      'mcpPublished',
      [
        ['1.0.0-beta.19', false],
        ['1.0.0-beta.20', true],
        ['1.0.0-beta.27', true],
        ['1.0.0-beta.28', false],
      ],
    ],
    [
      'secureCookie',
      [
        ['1.0.0-beta.50', false],
        ['1.0.0-beta.51', true],
      ],
    ],
    [
      'blankOriginsMeanAll',
      [
        ['1.0.0-beta.39', false],
        ['1.0.0-beta.40', true],
        ['1.0.0', false],
      ],
    ],
    [
      'payloadKeyring',
      [
        ['1.0.0-beta.41', false],
        ['1.0.0-beta.42', true],
      ],
    ],
    [
      'egressFilter',
      [
        ['1.0.0-beta.51', false],
        ['1.0.0-beta.52-rc.2', false],
        ['1.0.0-beta.52-rc.3', true],
      ],
    ],
    [
      'mountCapabilities',
      [
        ['1.0.0-beta.47', false],
        ['1.0.0-beta.48', true],
      ],
    ],
    [
      'freshProc',
      [
        ['0.53.25', false],
        ['1.0.0-beta.0', true],
        ['1.0.0-beta.43', true],
      ],
    ],
    [
      'tunDevice',
      [
        ['0.53.25', false],
        ['1.0.0-beta.0', true],
        ['1.0.0-beta.6', true],
        ['1.0.0-beta.7', false],
        ['1.0.0-beta.42', false],
        ['1.0.0-beta.43', true],
        ['1.0.0-beta.52-rc.3', true],
      ],
    ],
    [
      'logsRedisUrl',
      [
        ['0.40.0', true],
        ['0.53.25', true],
        ['1.0.0-beta.0', false],
      ],
    ],
    [
      'blobAwsCredentials',
      [
        ['0.53.25', false],
        ['1.0.0-beta.0', true],
      ],
    ],
    [
      'databaseDecidesDomains',
      [
        ['0.40.0', true],
        ['1.0.0-beta.4', true],
        ['1.0.0-beta.5', false],
      ],
    ],
    [
      'databaseDecidesSaml',
      [
        ['0.52.2', false],
        ['0.53.0', true],
        ['0.53.25', true],
        ['1.0.0-beta.0', false],
      ],
    ],
    [
      'presignedUrls',
      [
        ['0.40.0', false],
        ['0.41.0', true],
      ],
    ],
  ]

describe('abilities on either side of each change', () => {
  for (const [ability, expected] of boundaries)
    it.each(expected)(`${ability} at %s is %j`, (tag, value) => {
      expect(releaseOf(tag).abilities[ability]).toEqual(value)
    })

  it('every ability has boundaries here', () => {
    const tested = [...boundaries.map(([ability]) => ability), 'samlPassed'].sort()
    expect(tested).toEqual(Object.keys(releaseOf('0.40.0').abilities).sort())
  })

  it('SAML variables are passed less and less', () => {
    expect(releaseOf('0.40.0').abilities.samlPassed).toHaveLength(10)
    expect(releaseOf('0.53.25').abilities.samlPassed).toContain('SAML_ACCEPTED_TIME_DIFF')
    expect(releaseOf('1.0.0-beta.0').abilities.samlPassed).not.toContain('SAML_ACCEPTED_TIME_DIFF')
    expect(releaseOf('1.0.0-beta.48').abilities.samlPassed).toHaveLength(9)
    expect(releaseOf('1.0.0-beta.49').abilities.samlPassed).toEqual(['SAML_IDP_METADATA_URL'])
  })
})

describe('releaseOf', () => {
  it('gives the tag without v and digest', () => {
    expect(releaseOf('v0.53.25').tag).toBe('0.53.25')
    expect(releaseOf(`1.0.0-beta.51@sha256:${'0'.repeat(64)}`).tag).toBe('1.0.0-beta.51')
  })

  it('treats a newer one as the newest known, and says so', () => {
    const newest = releaseOf('1.0.0-beta.52-rc.10')
    expect(newest.newerThanKnown).toBe(false)
    for (const tag of ['1.0.0-beta.52', '1.0.1', '1.1.0', '2.0.0']) {
      const release = releaseOf(tag)
      expect(release.newerThanKnown, tag).toBe(true)
      expect(release.abilities).toEqual(newest.abilities)
    }
  })

  it.each([
    ['0.39.2', '0.39.2 is too old'],
    ['0.1.0', 'is too old'],
    ['latest', "'latest'"],
    ['main', "'main', which is no version"],
    ['', 'empty tag'],
    ['sha256:abcdef', 'digest alone'],
    ['x'.repeat(5000), 'xxx...'],
  ])('refuses %.20j', (tag, text) => {
    try {
      releaseOf(tag, { file: '.env', line: 7 })
      expect.unreachable()
    } catch (error) {
      expect(error).toBeInstanceOf(Failure)
      if (!(error instanceof Failure)) return
      expect(error.kind).toBe('surroundings')
      expect(error.message).toContain(text)
      expect(error.message.length).toBeLessThan(200)
      expect(error.where).toEqual({ file: '.env', line: 7 })
      expect(error.remedy).toMatch(/--tracecat-version|Upgrade/)
    }
  })
})
