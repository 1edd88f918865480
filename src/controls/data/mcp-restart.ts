import { type Control, notApplicable, verdictOf } from '../control.ts'
import { setInService } from '../edit.ts'
import { baseModel, serviceOf, whereService } from '../reading.ts'

export const mcpRestart: Control = {
  meta: {
    id: 'mcp-restart',
    title: 'MCP comes back after a failure',
    severity: 'low',
    area: 'data',
    why: 'The stock Compose file restarts mcp three times (on-failure:3) and then leaves it stopped, such as while Redis or the database change their password.',
    risk: 'Nobody has to attack: MCP clients stay locked out until somebody notices.',
    fix: 'restart: unless-stopped, as every other service has it.',
    reference: 'https://docs.docker.com/reference/compose-file/services/#restart',
  },
  inspect(c) {
    const mcp = serviceOf(c, 'mcp')
    if (mcp === undefined) return notApplicable('no service mcp in this stack')
    if (mcp.restart?.startsWith('on-failure') !== true) return verdictOf([])
    return verdictOf([
      {
        where: whereService(c, 'mcp', 'restart'),
        service: 'mcp',
        evidence: `mcp has restart: ${mcp.restart}: after that it stays stopped`,
        remedy: 'Run tracecat-harden init.',
      },
    ])
  },
  harden(c) {
    const givesUp = baseModel(c)?.services.get('mcp')?.restart?.startsWith('on-failure') === true
    return givesUp ? [setInService('mcp', ['restart'], 'unless-stopped')] : []
  },
}
