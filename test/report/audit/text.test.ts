import { expect, test } from 'vitest'
import { auditText as asMasked } from '../../../src/report/audit/text.ts'
import { finding, install, report } from '../audit-reports.ts'

const auditText = (...args: Parameters<typeof asMasked>) => asMasked(...args).reveal()

const look = { columns: 80, color: false, verbose: false }

test('groups by severity, the worst first, and shows what stays, is accepted or not decided', () => {
  const text = auditText(
    report(
      install({
        findings: [
          finding({ file: '.env', line: 12 }),
          finding({
            control: 'image-pins',
            severity: 'low',
            service: 'minio',
            evidence: 'a floating tag',
          }),
          finding({
            control: 'sandbox-egress',
            status: 'stays',
            severity: 'medium',
            reason: 'no file can',
            endsWith: '1.0.0-beta.52',
          }),
          finding({
            control: 'tls',
            status: 'accepted',
            severity: 'high',
            reason: 'a lab',
            file: 'Caddyfile',
          }),
        ],
        passed: ['superadmin'],
        skipped: [{ control: 'sign-in', reason: 'the database decides' }],
      }),
    ),
    look,
  )
  expect(text).toMatchInlineSnapshot(`
    "Tracecat 1.0.0-beta.51 in /srv/tracecat

    Critical
      .env:12  [redis-auth]
        REDIS_URL has no password
        Remedy: Run tracecat-harden init.

    Low
      minio  [image-pins]
        a floating tag
        Remedy: Run tracecat-harden init.

    Stays
      [sandbox-egress]  medium
        REDIS_URL has no password
        Stays: no file can; ends with Tracecat 1.0.0-beta.52

    Accepted
      Caddyfile  [tls]  high
        REDIS_URL has no password
        Accepted: a lab

    Not decided
      sign-in: the database decides

    2 open (1 critical, 1 low), 1 stay, 1 accepted, 1 passed, 1 skipped."
  `)
})

test('says that nothing is open, and how many installs there were', () => {
  const clean = install({ passed: ['tls', 'superadmin'] })
  expect(auditText(report(clean), { ...look, verbose: true })).toContain(
    'Passed\n  tls, superadmin\n',
  )
  expect(auditText(report(clean, clean), look).split('\n').at(-1)).toBe(
    '2 installs: nothing open, 0 stay, 0 accepted, 4 passed, 0 skipped.',
  )
  const failed = [{ dir: '/broken', message: 'no' }]
  expect(auditText({ installs: [], failed }, look)).toBe('1 install could not be audited.')
})

test('color changes nothing but color', () => {
  const one = report(install({ findings: [finding()] }))
  const colored = auditText(one, { ...look, color: true })
  expect(colored).not.toBe(auditText(one, look))
  // biome-ignore lint/suspicious/noControlCharactersInRegex: color is made of them
  expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(auditText(one, look))
})
