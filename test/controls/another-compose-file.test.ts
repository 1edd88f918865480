import { describe, expect, test } from 'vitest'
import type { Case } from '../../src/controls/control.ts'
import { judge } from '../../src/controls/judge.ts'
import { controls } from '../../src/controls/registry.ts'
import { caseOf, hardened, type Parts } from './case.ts'

const saml = { type: 'saml', metadataUrl: 'https://idp.example.com/metadata' } as const

function serviceIn({ install }: Case, name: string) {
  const service = install.compose?.model.services.get(name)
  if (service === undefined) throw new Error(`there is no ${name}`)
  return service
}

function openOf(c: Case, id: string): readonly string[] {
  const { findings } = judge(controls, c)
  return findings
    .filter(({ control, status }) => control.id === id && status === 'open')
    .map(({ evidence }) => evidence)
}

describe('the Compose file is not the one of the release that runs', () => {
  test('one of before hands checks of SAML on blank: they are turned on for a later release, too', () => {
    const metadata = '      SAML_IDP_METADATA_URL: ${SAML_IDP_METADATA_URL}\n'
    const older = 'SAML_SIGNED_RESPONSES: ${SAML_SIGNED_RESPONSES}'
    const c = hardened({
      compose: [[metadata, `${metadata}      ${older}\n`]],
      answers: { sso: saml },
    })
    expect(serviceIn(c, 'api').environment.get('SAML_SIGNED_RESPONSES')).toBe('true')
    expect(openOf(c, 'saml-variables')).toEqual([])
  })

  test('one of before does not hand private networks on: the override does', () => {
    const release = '1.0.0-beta.52-rc.3'
    const c = hardened({ release, answers: { privateNetworks: ['10.1.0.0/16'] } })
    const of = (service: string, kind: string) =>
      serviceIn(c, service).environment.get(`TRACECAT__SANDBOX_${kind}_ALLOWED_EGRESS_CIDRS`)
    expect(['ACTION', 'SCRIPT', 'AGENT'].map((kind) => of('executor', kind))).toEqual(
      Array(3).fill('10.1.0.0/16'),
    )
    expect([of('agent-executor', 'AGENT'), of('agent-executor', 'ACTION')]).toEqual([
      '10.1.0.0/16',
      undefined,
    ])
  })

  test('networks that .env names in vain are no networks', () => {
    const names = ['ACTION', 'SCRIPT', 'AGENT'].map(
      (kind) => `TRACECAT__SANDBOX_${kind}_ALLOWED_EGRESS_CIDRS`,
    )
    const c = caseOf({
      release: '1.0.0-beta.52-rc.3',
      env: Object.fromEntries(names.map((name) => [name, '10.1.0.0/16'])),
      answers: { privateNetworks: ['10.1.0.0/16'] },
    })
    expect(openOf(c, 'sandbox-egress')).toHaveLength(3)
  })

  const silent: Parts = {
    env: { TRACECAT__EXECUTOR_BACKEND: 'ephemeral', TRACECAT__DISABLE_NSJAIL: 'false' },
    compose: [
      ['  TRACECAT__EXECUTOR_BACKEND: ${TRACECAT__EXECUTOR_BACKEND:-direct}\n', ''],
      ['  TRACECAT__DISABLE_NSJAIL: ${TRACECAT__DISABLE_NSJAIL:-true}\n', ''],
    ],
  }

  test('a sandbox that only .env knows of is none', () => {
    expect(openOf(caseOf(silent), 'executor-backend').join()).toContain('scripts run unsandboxed')
    const c = hardened(silent)
    for (const service of ['executor', 'agent-executor']) {
      const { environment } = serviceIn(c, service)
      expect(environment.get('TRACECAT__EXECUTOR_BACKEND')).toBe('ephemeral')
      expect(environment.get('TRACECAT__DISABLE_NSJAIL')).toBe('false')
    }
    expect(openOf(c, 'executor-backend')).toEqual([])
  })
})

test('a backend that the Compose file sets past .env is reported at its line there, with what helps', () => {
  const line = 'TRACECAT__EXECUTOR_BACKEND: ${TRACECAT__EXECUTOR_BACKEND:-direct}'
  const c = hardened({ compose: [[line, 'TRACECAT__EXECUTOR_BACKEND: direct']] })
  const { findings } = judge(controls, c)
  const found = findings.filter(
    ({ control, status }) => control.id === 'executor-backend' && status === 'open',
  )
  expect(found).toEqual([
    expect.objectContaining({
      where: expect.objectContaining({ file: 'docker-compose.yml' }),
      remedy:
        'Remove TRACECAT__EXECUTOR_BACKEND from the environment of executor in the Compose file.',
    }),
  ])
})

test('origins that the Compose file sets past .env are not left to init', () => {
  const line = 'TRACECAT__ALLOW_ORIGINS: ${TRACECAT__ALLOW_ORIGINS}'
  const c = hardened({ compose: [[line, 'TRACECAT__ALLOW_ORIGINS: "*"']] })
  const found = judge(controls, c).findings.filter(({ control }) => control.id === 'allow-origins')
  expect(found.map(({ remedy }) => remedy)).toEqual([
    expect.stringContaining('Write ${TRACECAT__ALLOW_ORIGINS} in its place in the Compose file'),
  ])
})

describe('rights that the Compose file grants for a sandbox', () => {
  const command = '    command: ["python", "-m", "tracecat.executor.worker"]\n'
  const granted: Parts = {
    release: '0.53.25',
    env: { TRACECAT__DISABLE_NSJAIL: 'true' },
    compose: [
      [
        command,
        `${command}    cap_add: [SYS_ADMIN, NET_BIND_SERVICE]\n    security_opt: ["seccomp:unconfined"]\n`,
      ],
    ],
  }

  test('are said where it is off', () => {
    expect(openOf(caseOf(granted), 'sandbox-lost')).toEqual([
      'executor has SYS_ADMIN for a sandbox that is off',
    ])
  })

  test('are taken back with tenancy: trusted', () => {
    const c = hardened({ ...granted, answers: { tenancy: 'trusted' } })
    const { capAdd, securityOpt } = serviceIn(c, 'executor')
    expect([capAdd, securityOpt]).toEqual([['NET_BIND_SERVICE'], []])
    expect(openOf(c, 'sandbox-lost')).toEqual([])
  })

  test('stay where the admin granted them, and are said', () => {
    const override = 'services:\n  executor: { cap_add: [SYS_ADMIN] }\n'
    const c = hardened({ override, answers: { tenancy: 'trusted' } })
    expect(serviceIn(c, 'executor').capAdd).toEqual(['SYS_ADMIN'])
    expect(openOf(c, 'sandbox-lost')).toHaveLength(1)
  })
})
