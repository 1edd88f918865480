import { argumentOf, commandAppends, redis, redisVariables } from '../../servers/redis.ts'
import { ofBundled } from '../bundled.ts'
import { type Control, skipped, verdictOf } from '../control.ts'
import { look, runInit, settingAt } from '../look.ts'
import { serviceOf } from '../reading.ts'
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
      const words = serviceOf(c, service)?.command ?? []
      const appends = commandAppends(words)
      const hidden = hiddenSettings(c, service)
      if (!appends && hidden !== undefined) return skipped(hidden)
      const value = argumentOf(words, '--appendonly')
      const place = { ...settingAt(c, service, ['command'], value), subject: '--appendonly' }
      return verdictOf([
        look(
          place,
          'yes',
          !appends && {
            evidence: `the command of ${service} lacks --appendonly yes`,
            remedy: c.facts.fresh
              ? runInit
              : `Do not just add it: Redis would start empty. In the running server first: ${turnOnAppending}; then run tracecat-harden init.`,
          },
        ),
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
