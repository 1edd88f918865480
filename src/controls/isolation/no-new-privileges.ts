import { type Control, notApplicable, stays, verdictOf } from '../control.ts'
import { look } from '../look.ts'
import { model, platformServices, sandboxServices, whereService } from '../reading.ts'
import { noNewPrivilegesItem } from './rights.ts'

export const noNewPrivileges: Control = {
  meta: {
    id: 'no-new-privileges',
    title: 'Programs in containers gain no rights',
    severity: 'low',
    area: 'isolation',
    why: 'Set-user-ID programs and file capabilities in an image give whoever runs them more rights than the service has.',
    risk: 'Whoever breaks into a service becomes root in its container, a step on the way to the host.',
    fix: 'security_opt: ["no-new-privileges:true"]. The executors get it with executorPrivileges: confined. For the other services it was not proved on Tracecat\'s images, so it is yours to add and try.',
    reference: 'https://docs.kernel.org/userspace-api/no_new_privs.html',
  },
  inspect(c) {
    const services = platformServices(model(c)).filter(
      ({ name }) => !sandboxServices.some((one) => one === name),
    )
    if (services.length === 0) return notApplicable('no service of Tracecat in this stack')
    const without = services.filter((service) => noNewPrivilegesItem(service) === undefined)
    const [first] = without
    const names = without.map(({ name }) => name).join(', ')
    return verdictOf([
      look(
        {
          subject: 'services without no-new-privileges',
          where: first && whereService(c, first.name, 'security_opt'),
          service: first?.name,
          value: names === '' ? `none of ${services.length}` : names,
        },
        'none',
        first !== undefined && {
          evidence: `programs may gain rights in ${names}`,
          remedy:
            'Add security_opt: ["no-new-privileges:true"] to these services in your override, and try them.',
          standing: stays("not proved on Tracecat's own images: offered, not imposed"),
        },
      ),
    ])
  },
}
