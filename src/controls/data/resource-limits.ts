import { type Case, type Control, stays, verdictOf } from '../control.ts'
import { look } from '../look.ts'
import { model, presentOf, serviceOf, whereService } from '../reading.ts'
export const resourceLimits: Control = {
  meta: {
    id: 'resource-limits',
    title: "What runs people's code cannot take the whole host",
    severity: 'low',
    area: 'data',
    why: 'No service has a limit for memory or processes. nsjail limits one run; many runs, and everything outside of the sandbox, are not limited.',
    risk: 'A workflow that allocates or forks without end stops the database and every other service of the host.',
    fix: 'mem_limit and pids_limit for executor and agent-executor in your override. The right sizes depend on the host and on what your workflows do, and too low ones end runs midway: init sets none.',
    reference: 'https://docs.docker.com/reference/compose-file/deploy/#resources',
  },
  inspect(c) {
    return verdictOf(
      presentOf(model(c), ['executor', 'agent-executor']).map((name) => {
        const missing = missingFor(c, name)
        const value = `mem_limit ${limitOf(c, name, 'memoryLimit')}, pids_limit ${limitOf(c, name, 'pidsLimit')}`
        return look(
          { subject: `limits of ${name}`, where: whereService(c, name), service: name, value },
          'both set',
          missing.length > 0 && {
            evidence: `${name} has no limit for ${missing.join(' and ')}`,
            remedy: `Set mem_limit and pids_limit of ${name} in your override, with room above what it uses at its busiest.`,
            standing: stays(
              'too low a limit ends workflows midway, and only you know the load: none is set for you',
            ),
          },
        )
      }),
      'no service that runs code in this stack',
    )
  },
}

function missingFor(c: Case, name: string): readonly string[] {
  const service = model(c)?.services.get(name)
  return [
    ...(isLimit(service?.memoryLimit) ? [] : ['memory']),
    ...(isLimit(service?.pidsLimit) ? [] : ['processes']),
  ]
}

function limitOf(c: Case, name: string, limit: 'memoryLimit' | 'pidsLimit'): number | string {
  return serviceOf(c, name)?.[limit] ?? 'not set'
}

/** 0 and -1 are no limit. */
function isLimit(value: number | undefined): boolean {
  return value !== undefined && value > 0
}
