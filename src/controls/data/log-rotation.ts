import { isDeepStrictEqual } from 'node:util'
import type { Service } from '../../install/compose/model.ts'
import { type Case, type Control, notApplicable, verdictOf } from '../control.ts'
import { setInService } from '../edit.ts'
import { look, runInit } from '../look.ts'
import { model, whereService } from '../reading.ts'

const ours = { driver: 'json-file', options: { 'max-file': '5', 'max-size': '10m' } } as const

export const logRotation: Control = {
  meta: {
    id: 'log-rotation',
    title: 'Logs of containers cannot fill the disk',
    severity: 'medium',
    area: 'data',
    why: "Docker's json-file driver, its default, keeps every line for ever; no release of Tracecat sets a limit.",
    risk: 'Whoever can make a service write much, such as by failing requests, fills the disk: databases stop. What was logged once, secrets included, stays for good.',
    fix: 'Every service gets json-file with five files of 10 MB. A driver that you set, for a service or in /etc/docker/daemon.json, stays.',
    reference: 'https://docs.docker.com/engine/logging/drivers/json-file/',
  },
  inspect(c) {
    const daemon = daemonLimits(c)
    if (daemon !== undefined) return notApplicable(daemon)
    const all = services(c)
    const growing = all.filter(isGrowing)
    const [first = all[0]] = growing
    if (first === undefined) return notApplicable('there is no service')
    return verdictOf([
      look(
        {
          subject: 'services without a limit for their log',
          where: whereService(c, first.name, 'logging'),
          value: growing.length === 0 ? `none of ${all.length}` : namesOf(growing),
        },
        'none',
        growing.length > 0 && {
          evidence: `logs grow without limit: ${namesOf(growing)}`,
          remedy: growing.every(({ logging }) => logging === undefined)
            ? runInit
            : 'Run tracecat-harden init; where you set logging yourself, add max-size and max-file to its options.',
        },
      ),
    ])
  },
  harden(c) {
    if (daemonLimits(c) !== undefined) return []
    return services(c)
      .filter(({ logging }) => logging === undefined || isDeepStrictEqual(logging, ours))
      .map(({ name }) => setInService(name, ['logging'], ours))
  },
}

function namesOf(some: readonly Service[]): string {
  return some.map(({ name }) => name).join(', ')
}

/** A service that only our own override still names is gone: it must not be kept alive. */
function services(c: Case): readonly Service[] {
  return [...(model(c)?.services.values() ?? [])].filter(
    (one) => one.image !== undefined || 'build' in one.raw,
  )
}

/** Why the daemon's own default needs nothing from us: it limits, or another system takes the lines. */
function daemonLimits(c: Case): string | undefined {
  const { logging } = c.facts.host
  if (logging === undefined || !logging.known) return undefined
  const { driver, limited } = logging.value
  if (driver !== 'json-file') return `the Docker daemon logs to ${driver}`
  return limited ? 'the Docker daemon limits the logs of every container' : undefined
}

/** json-file without a size; every other driver has its own way to end. */
function isGrowing({ logging }: Service): boolean {
  if (logging === undefined) return true
  if (typeof logging !== 'object' || logging === null || Array.isArray(logging)) return false
  const { driver, options } = logging as { readonly driver?: unknown; readonly options?: unknown }
  if (driver !== undefined && driver !== 'json-file') return false
  if (typeof options !== 'object' || options === null || !('max-size' in options)) return true
  // Docker takes -1 for no limit.
  return String((options as { readonly 'max-size': unknown })['max-size']).startsWith('-')
}
