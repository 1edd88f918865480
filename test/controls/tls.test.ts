import { describe, expect, test } from 'vitest'
import { tls } from '../../src/controls/edge/tls.ts'
import { caseOf } from './case.ts'

/** What is found with one more site, beside one of Tracecat's that has TLS. */
function evidence(site: string): readonly string[] {
  const caddyfile = `tracecat.example.com {\n  reverse_proxy http://ui:3000\n}\n${site}\n`
  const verdict = tls.inspect(caseOf({ caddyfile }))
  return verdict.kind === 'open' ? verdict.findings.map((one) => one.evidence) : [verdict.kind]
}

describe('a plain site of the admin', () => {
  test.each([
    'http://status.example.com {\n  respond "fine"\n}',
    ':8080 {\n  handle /x {\n    reverse_proxy http://grafana:3000\n  }\n}',
  ])('with nothing of Tracecat is none of this: %j', (site) => {
    expect(evidence(site)).toEqual(['pass'])
  })

  test.each([
    ':8080 {\n  reverse_proxy http://ui:3000\n}',
    ':8080 {\n  route {\n    handle_path /api* {\n      reverse_proxy api:8000\n    }\n  }\n}',
    ':8080 {\n  reverse_proxy {\n    to ui:3000\n  }\n}',
    ':8080 {\n  reverse_proxy localhost:80\n}',
    ':8080 {\n  reverse_proxy {$UPSTREAM}\n}',
    ':8080 {\n  import tracecat\n}',
  ])('that leads there, or may, is: %j', (site) => {
    expect(evidence(site)).toEqual(['Caddy serves :8080 over plain HTTP'])
  })
})
