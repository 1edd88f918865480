import { commandAppends, redis, redisVariables } from '../../servers/redis.ts'
import { ofBundled } from '../bundled.ts'
import { type Control, skipped, verdictOf } from '../control.ts'
import { serviceOf, whereService } from '../reading.ts'
import { chosen } from '../secrets.ts'
import { changeable, command, hiddenSettings } from './redis-server.ts'

export const redisPersistence: Control = {
  meta: {
    id: 'redis-persistence',
    title: 'Redis keeps its append-only file',
    severity: 'high',
    area: 'credentials',
    why: 'The documented way to set a Redis password replaces the command and drops --appendonly yes with it.',
    risk: 'A crash loses what Redis acknowledged; turning it on again by a restart loads a stale file or none.',
    fix: 'The command keeps --appendonly yes. Where it was dropped on a stack that has run, it is turned on in the running server first.',
    reference: 'https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/',
  },
  inspect(c) {
    return ofBundled(c, redis, (service) => {
      if (commandAppends(serviceOf(c, service)?.command)) return verdictOf([])
      const hidden = hiddenSettings(c, service)
      if (hidden !== undefined) return skipped(hidden)
      return verdictOf([
        {
          where: whereService(c, service, 'command'),
          service,
          evidence: `the command of ${service} lacks --appendonly yes`,
          remedy: c.facts.fresh
            ? 'Run tracecat-harden init.'
            : `Do not just add it: Redis would start empty. In the running server first: ${turnOnAppending}; then run tracecat-harden init.`,
        },
      ])
    })
  },
  harden(c) {
    const service = changeable(c)
    if (service === undefined || chosen(c.secrets, redisVariables.password) === undefined) return []
    return [command(c, service)]
  },
}

const turnOnAppending =
  'docker compose exec redis redis-cli CONFIG SET appendonly yes, and wait until INFO persistence says aof_rewrite_in_progress:0'
