import { type Case, type Control, type Look, notApplicable, verdictOf } from '../control.ts'
import { look, settingAt } from '../look.ts'
import { isJailed, model, presentOf, sandboxServices, serviceOf, variableOf } from '../reading.ts'
import { mayHold } from './rights.ts'

/** What nsjail was given, and nothing needs any more. */
function idleRights(c: Case, name: string): readonly Look[] {
  const service = serviceOf(c, name)
  if (service === undefined) return []
  const key = service.privileged ? 'privileged' : 'cap_add'
  return [
    look(
      settingAt(c, name, [key], service.privileged || service.capAdd.join(', ')),
      'no SYS_ADMIN',
      mayHold(service, 'SYS_ADMIN') && {
        evidence: `${name} ${service.privileged ? 'is privileged' : 'has SYS_ADMIN'} for a sandbox that is off`,
        remedy: 'Run tracecat-harden init with tenancy: single or multi; or remove these rights.',
      },
    ),
  ]
}

export const sandboxLost: Control = {
  meta: {
    id: 'sandbox-lost',
    title: 'An upgrade did not take the sandbox away',
    severity: 'high',
    area: 'isolation',
    why: '0.53 ran scripts in nsjail without being asked. From 1.0.0-beta.0 on nsjail is off unless .env turns it on: the upgrade says nothing. What was granted for it in an override stays.',
    risk: 'Scripts that had a sandbox run beside every secret; with the rights that only the sandbox needed, they become root in the container or, privileged, reach the host.',
    fix: 'init turns the sandbox on again with what it needs; with tenancy: trusted it takes back what the Compose file grants; remove the rights from your override.',
    reference: 'https://docs.tracecat.com/self-hosting/security',
  },
  inspect(c) {
    const { nsjail, backends } = c.release.abilities
    if (!nsjail) return notApplicable(`Tracecat ${c.release.tag} has no sandbox`)
    const jailed = isJailed(c)
    const forgotten =
      backends.length > 0 &&
      variableOf(c, 'TRACECAT__DISABLE_NSJAIL') === undefined &&
      variableOf(c, 'TRACECAT__EXECUTOR_BACKEND') === undefined
    const place = {
      subject: 'the sandbox',
      where: { file: c.install.envPath },
      service: 'executor',
    }
    return verdictOf([
      look(
        { ...place, value: jailed ? 'on' : forgotten ? 'off, which nothing says' : 'off' },
        'as before the update',
        !jailed &&
          forgotten &&
          c.answers?.tenancy !== 'trusted' &&
          c.install.env !== undefined && {
            evidence: `${c.install.envPath} says nothing of the sandbox, as in 0.53, where it was on; in ${c.release.tag} that means off`,
            remedy: 'Run tracecat-harden init with tenancy: single or multi.',
          },
      ),
      ...(jailed ? [] : presentOf(model(c), sandboxServices)).flatMap((name) =>
        idleRights(c, name),
      ),
    ])
  },
}
