import { type Case, type Control, notApplicable, stays, verdictOf } from '../control.ts'
import { model, presentOf, whereService } from '../reading.ts'

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
    const services = presentOf(model(c), ['executor', 'agent-executor'])
    if (services.length === 0) return notApplicable('no service that runs code in this stack')
    return verdictOf(
      services.flatMap((name) => {
        const missing = missingFor(c, name)
        if (missing.length === 0) return []
        return [
          {
            where: whereService(c, name),
            service: name,
            evidence: `${name} has no limit for ${missing.join(' and ')}`,
            remedy: `Set mem_limit and pids_limit of ${name} in your override, with room above what it uses at its busiest.`,
            standing: stays(
              'too low a limit ends workflows midway, and only you know the load: none is set for you',
            ),
          },
        ]
      }),
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

/** 0 and -1 are no limit. */
function isLimit(value: number | undefined): boolean {
  return value !== undefined && value > 0
}
