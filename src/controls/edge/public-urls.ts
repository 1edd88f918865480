import type { Answers } from '../../answers/answers.ts'
import { type Case, type Control, notApplicable, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look, variableAt } from '../look.ts'
import { variableOf } from '../reading.ts'

export const publicUrls: Control = {
  meta: {
    id: 'public-urls',
    title: 'Public addresses agree and use https',
    severity: 'medium',
    area: 'edge',
    why: 'Links, sign-in callbacks, webhook URLs and download links are built from these variables.',
    risk: 'Sign-in fails or goes over plain HTTP; webhook callers send their data in the clear.',
    fix: 'All of them follow PUBLIC_APP_URL, which is https and the domain.',
    reference: 'https://docs.tracecat.com/self-hosting/docker-compose',
  },
  inspect(c) {
    const written = variableOf(c, 'PUBLIC_APP_URL')
    if (written === undefined) return notApplicable('PUBLIC_APP_URL is not set')
    const app = written.replace(/\/+$/, '')
    const place = variableAt(c, 'PUBLIC_APP_URL')
    return verdictOf([
      look(
        { ...place, subject: 'the end of PUBLIC_APP_URL' },
        'no slash',
        app !== written && {
          evidence: `PUBLIC_APP_URL is ${written}: its slash doubles in every address that is built from it`,
        },
      ),
      look(
        place,
        'an https address',
        !app.startsWith('https://') && { evidence: `PUBLIC_APP_URL is ${app}, not https` },
      ),
      ...publicNames(c, app).map(([name, expected]) => {
        const value = variableOf(c, name)
        return look(
          variableAt(c, name),
          expected,
          value !== undefined &&
            value !== expected && {
              evidence: `${name} is ${value}; ${expected} would agree with PUBLIC_APP_URL`,
            },
        )
      }),
    ])
  },
  harden(c) {
    const app = publicUrl(c.answers)
    return [
      setVariableTo('PUBLIC_APP_URL', app, { after: 'PUBLIC_APP_PORT' }),
      ...publicNames(c, app).map(([name, value]) =>
        setVariableTo(name, value, {
          expression: value === app ? '${PUBLIC_APP_URL}' : '${PUBLIC_APP_URL}/api',
          after: 'PUBLIC_APP_URL',
        }),
      ),
    ]
  },
}

/** The address that people use; TLS is there in every mode, with a load balancer before us. */
export function publicUrl(answers: Answers): string {
  return `https://${answers.domain}`
}

/** The variables that repeat the public address, and what each must be. */
function publicNames(c: Case, app: string): readonly (readonly [string, string])[] {
  const names: (readonly [string, string])[] = [
    ['PUBLIC_API_URL', `${app}/api`],
    ['NEXT_PUBLIC_APP_URL', app],
    ['NEXT_PUBLIC_API_URL', `${app}/api`],
    ['TRACECAT__PUBLIC_APP_URL', app],
    ['TRACECAT__PUBLIC_API_URL', `${app}/api`],
  ]
  const mcp = 'TRACECAT_MCP__BASE_URL'
  return c.release.abilities.mcpRoutes && c.release.abilities.mcpUsesOidc
    ? [...names, [mcp, app]]
    : names
}
