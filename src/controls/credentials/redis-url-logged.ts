import { releaseThatChanges } from '../../release/release-of.ts'
import { type Control, notApplicable, stays, verdictOf } from '../control.ts'
import { look, variableAt } from '../look.ts'
import { variableOf } from '../reading.ts'

export const redisUrlLogged: Control = {
  meta: {
    id: 'redis-url-logged',
    title: "Redis' password is not in the logs",
    severity: 'medium',
    area: 'credentials',
    why: 'Up to 0.53.25 api and executor write REDIS_URL, password included, to their log at level INFO.',
    risk: "Whoever reads the logs, or where they are collected, has Redis' password; it is useful only inside the stack's network.",
    fix: 'Upgrade to 1.0.0-beta.0 or later, then rotate redis. LOG_LEVEL=WARNING stops it, and hides what else the logs are for: init leaves it. Logs are kept short (log-rotation).',
    reference: 'https://cwe.mitre.org/data/definitions/532.html',
  },
  inspect(c) {
    if (!c.release.abilities.logsRedisUrl)
      return notApplicable(`Tracecat ${c.release.tag} does not log it`)
    const level = (variableOf(c, 'LOG_LEVEL') ?? 'INFO').toUpperCase()
    return verdictOf([
      look(
        { ...variableAt(c, 'LOG_LEVEL'), service: 'api', value: level },
        'WARNING or above',
        !['WARNING', 'ERROR', 'CRITICAL'].includes(level) && {
          evidence: `${c.release.tag} logs REDIS_URL with its password at ${level}`,
          remedy:
            'Upgrade Tracecat, or set LOG_LEVEL=WARNING; then run tracecat-harden rotate redis.',
          standing: stays(
            'only a level that hides most of the log would stop this release',
            releaseThatChanges('logsRedisUrl', c.release.tag),
          ),
        },
      ),
    ])
  },
}
