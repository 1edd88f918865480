import { type Case, type Control, notApplicable, verdictOf } from '../control.ts'
import { setInService } from '../edit.ts'
import { look, settingAt } from '../look.ts'
import { baseModel, serviceOf, variableOf } from '../reading.ts'

export const mcpRestart: Control = {
  meta: {
    id: 'mcp-restart',
    title: 'MCP comes back after a failure',
    severity: 'low',
    area: 'data',
    why: 'The stock Compose file restarts mcp three times (on-failure:3) and then leaves it stopped, such as while Redis or the database change their password.',
    risk: 'Nobody has to attack: MCP clients stay locked out until somebody notices.',
    fix: 'restart: unless-stopped, as every other service has it. From beta.20 to beta.38 mcp starts only with an OIDC provider: without one it is left to give up.',
    reference: 'https://docs.docker.com/reference/compose-file/services/#restart',
  },
  inspect(c) {
    const mcp = serviceOf(c, 'mcp')
    if (mcp === undefined) return notApplicable('no service mcp in this stack')
    if (!canStart(c)) return notApplicable(`mcp of ${c.release.tag} ends at once without OIDC`)
    return verdictOf([
      look(
        settingAt(c, 'mcp', ['restart'], mcp.restart),
        'always, or unless-stopped',
        mcp.restart?.startsWith('on-failure') === true && {
          evidence: `mcp has restart: ${mcp.restart}: after that it stays stopped`,
        },
      ),
    ])
  },
  harden(c) {
    const givesUp = baseModel(c)?.services.get('mcp')?.restart?.startsWith('on-failure') === true
    return givesUp && canStart(c) ? [setInService('mcp', ['restart'], 'unless-stopped')] : []
  },
}

/**
 * From beta.20 to beta.38 mcp signs people in by itself and ends at once without a provider:
 * restarted for ever, it would only burn the host's time.
 */
function canStart(c: Case): boolean {
  if (!c.release.abilities.mcpUsesOidc) return true
  return c.answers === undefined
    ? variableOf(c, 'OIDC_ISSUER') !== undefined
    : c.answers.sso.type === 'oidc'
}
