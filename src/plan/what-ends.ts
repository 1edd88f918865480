import { signInTypes } from '../answers/sign-in.ts'
import type { Case } from '../controls/control.ts'
import type { Install } from '../install/install.ts'

/**
 * What ends for people who use the stack already: ways to sign in, addresses and identifiers that
 * others have on file. Empty on a stack that was never started.
 */
export function whatEnds(c: Pick<Case, 'facts' | 'install'>, after: Install): readonly string[] {
  if (c.facts.fresh || c.facts.data.state === 'none' || c.install.env === undefined) return []
  return [...addresses(c.install, after), ...signIn(c.install, after), ...edge(c.install, after)]
}

function addresses(before: Install, after: Install): readonly string[] {
  const lines: string[] = []
  const was = before.values.get('PUBLIC_APP_URL') ?? ''
  const is = after.values.get('PUBLIC_APP_URL') ?? ''
  if (was !== is && was !== '') {
    lines.push(
      `The address changes from ${was} to ${is}: bookmarks, webhook callers and MCP clients must follow.`,
    )
    if (types(before).some((type) => type === 'oidc' || type === 'google_oauth')) {
      lines.push(
        `Sign-in through the provider is dead until its redirect URI is ${is}/auth/oauth/callback.`,
      )
    }
    if (types(before).includes('saml')) {
      lines.push(
        `SAML sign-in is dead until the provider has the ACS URL ${is}/auth/saml/acs and the entity ID ${is}/api.`,
      )
    }
  }
  if (was.startsWith('http://') && is.startsWith('https://')) {
    lines.push(
      'Webhooks sent to http:// get a redirect, which many senders do not follow: give them the https:// address.',
    )
  }
  return lines
}

function signIn(before: Install, after: Install): readonly string[] {
  const lines: string[] = []
  const gone = types(before).filter((type) => !types(after).includes(type))
  if (gone.includes('basic'))
    lines.push(
      'Passwords stop working: everybody signs in through the provider. keepPasswords: true leaves them until a sign-in there has worked.',
    )
  for (const type of gone.filter((one) => one !== 'basic'))
    lines.push(`Sign-in with ${type} stops working.`)
  for (const name of [
    'OIDC_ISSUER',
    'OIDC_CLIENT_ID',
    'OAUTH_CLIENT_ID',
    'SAML_IDP_METADATA_URL',
  ]) {
    const was = before.values.get(name) ?? ''
    const is = after.values.get(name) ?? ''
    if (was !== '' && was !== is)
      lines.push(`${name} changes from ${was} to ${is === '' ? 'nothing' : is}.`)
  }
  const domains = (install: Install) =>
    (install.values.get('TRACECAT__AUTH_ALLOWED_DOMAINS') ?? '')
      .split(',')
      .filter((one) => one !== '')
  const allowed = domains(after)
  const lost = domains(before).filter((domain) => !allowed.includes(domain))
  if (allowed.length > 0 && domains(before).length === 0)
    lines.push(`Only addresses of ${allowed.join(', ')} may sign in, existing accounts included.`)
  if (allowed.length > 0 && lost.length > 0)
    lines.push(`People of ${lost.join(', ')} can no longer sign in.`)
  return lines
}

function edge(before: Install, after: Install): readonly string[] {
  const lines: string[] = closedPorts(before, after).map(
    (port) =>
      `Port ${port} is reached from this host only: whoever uses it from outside must come through a tunnel.`,
  )
  const guarded = after.files.get('caddy/Caddyfile')?.text.includes('register') === true
  const was = before.files.get('caddy/Caddyfile')?.text.includes('register') === true
  if (types(after).includes('basic') && guarded && !was) {
    lines.push('Sign-up is closed to the outside: invited people sign up from signUpNetworks only.')
  }
  if (before.files.get('caddy/Caddyfile') === undefined)
    lines.push(
      'tracecat-admin from another host stops working: headers between services are refused from outside.',
    )
  return lines
}

/** Ports of services that were open to every address and are bound to this host now. */
function closedPorts(before: Install, after: Install): readonly string[] {
  return [...(before.compose?.model.services ?? [])].flatMap(([name, service]) =>
    service.ports
      .filter((port) => port.hostIp === undefined)
      .filter((port) => {
        const now = after.compose?.model.services.get(name)?.ports ?? []
        return now.some((one) => one.target === port.target && one.hostIp === '127.0.0.1')
      })
      .map((port) => `${port.published ?? port.target} (${name})`),
  )
}

function types(install: Install): readonly string[] {
  return signInTypes(install.values.get('TRACECAT__AUTH_TYPES'))
}
