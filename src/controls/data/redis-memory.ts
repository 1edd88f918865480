import { redis } from '../../servers/redis.ts'
import { ofBundled } from '../bundled.ts'
import { type Case, type Control, stays, type Verdict, verdictOf } from '../control.ts'
import { look, settingAt } from '../look.ts'
import { serviceOf } from '../reading.ts'

export const redisMemory: Control = {
  meta: {
    id: 'redis-memory',
    title: 'Redis has a ceiling for its memory',
    severity: 'low',
    area: 'data',
    why: 'Stock Redis grows until the host has no memory left; then the kernel ends a process, which may be the database.',
    risk: 'Whoever can send many events or open many chats takes the whole host down.',
    fix: 'A memory limit on the service (deploy.resources.limits.memory or mem_limit), or --maxmemory with --maxmemory-policy noeviction. The right size depends on the host and the load, and at the ceiling Redis refuses writes: init sets none.',
    reference:
      'https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/memory-optimization/',
  },
  inspect(c) {
    return ofBundled(c, redis, (service) => inspectMemory(c, service))
  },
}

function inspectMemory(c: Case, service: string): Verdict {
  const limited = serviceOf(c, service)
  const words = limited?.command ?? []
  const ceiling = words[words.lastIndexOf('--maxmemory') + 1]
  // 0 is no ceiling, for both.
  const hasCeiling =
    (limited?.memoryLimit ?? 0) > 0 ||
    (words.includes('--maxmemory') && !/^0\D*$/.test(ceiling ?? '0'))
  const limit = limited?.memoryLimit
  const value = limit === undefined ? ceiling : `mem_limit ${limit}`
  return verdictOf([
    look(
      {
        ...settingAt(c, service, ['command'], hasCeiling ? value : 'none'),
        subject: `the ceiling for the memory of ${service}`,
      },
      'a ceiling',
      !hasCeiling && {
        evidence: 'Redis may use all memory of the host',
        remedy: `Give ${service} a mem_limit in your override, with room above what it uses at its busiest.`,
        standing: stays(
          'too low a ceiling stops writes, and only you know the load: none is set for you',
        ),
      },
    ),
  ])
}
