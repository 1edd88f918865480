import { expect, test } from 'vitest'
import { auditMarkdown } from '../../../src/report/audit/markdown.ts'
import { finding, install, report } from '../audit-reports.ts'

test('has a box to tick for what is open, and none for what stays or is accepted', () => {
  const text = auditMarkdown({
    installs: [
      install({
        findings: [
          finding({ file: '.env', line: 12 }),
          finding({ control: 'tls', status: 'accepted', reason: 'a lab' }),
          finding({ control: 'image-pins', status: 'stays', reason: 'no file can' }),
        ],
        skipped: [{ control: 'sign-in', reason: 'the database decides' }],
      }),
    ],
    failed: [{ dir: '/broken', message: 'not valid YAML', file: 'docker-compose.yml', line: 3 }],
  })
  expect(text.replace(/\(https:[^)]*\/(docs[^)]*)\)/g, '($1)')).toMatchInlineSnapshot(`
    "# Tracecat audit

    ## \`/srv/tracecat\`: Tracecat 1.0.0-beta.51

    1 open (1 critical), 1 stay, 1 accepted, 0 passed, 1 skipped.

    ### critical

    - [ ] [redis-auth](docs/controls/redis-auth.md) \`.env:12\`: REDIS_URL has no password
      Run tracecat-harden init.

    ### stays

    - [image-pins](docs/controls/image-pins.md): REDIS_URL has no password (critical)
      no file can

    ### accepted

    - [tls](docs/controls/tls.md): REDIS_URL has no password (critical)
      a lab

    ### not decided

    - [sign-in](docs/controls/sign-in.md): the database decides

    ## Not audited

    - \`/broken\` \`docker-compose.yml:3\`: not valid YAML
    "
  `)
})

test.each([
  ['<img src=x>', '\\<img src=x\\>'],
  ['[click](https://example.com)', '\\[click\\](https://example.com)'],
  [
    '@everyone #1 *bold* _it_ a|b `c` \\d',
    '\\@everyone \\#1 \\*bold\\* \\_it\\_ a\\|b \\`c\\` \\\\d',
  ],
  ['TRACECAT__DB_URI', 'TRACECAT__DB_URI'],
])('what a file says is text, not markup: %s', (evidence, written) => {
  expect(auditMarkdown(report(install({ findings: [finding({ evidence })] })))).toContain(
    `: ${written}\n`,
  )
})

test('a name of a file cannot end its code', () => {
  expect(auditMarkdown(report(install({ findings: [finding({ file: 'a`b' })] })))).toContain(
    "`a'b`",
  )
})
