import type { Service } from '../../install/compose/model.ts'
import { type Case, type Control, type Look, notApplicable, verdictOf } from '../control.ts'
import { look, type Problem, settingAt } from '../look.ts'
import { model, presentOf, sandboxServices, serviceOf } from '../reading.ts'
import { mayHold, noNewPrivilegesItem, startsAsRoot } from './rights.ts'

/**
 * Tried on a real container as user 1001, with a `mount` that has the file capabilities of Tracecat's:
 * privileged it mounts a file system from a file, with SYS_ADMIN one that needs no loop device, and
 * under `no-new-privileges` neither.
 */
export const noNewPrivilegesConflict: Control = {
  meta: {
    id: 'no-new-privileges-conflict',
    title: 'The executors can use the rights that they are given',
    severity: 'low',
    area: 'isolation',
    why: "From beta.48 on mount and umount in Tracecat's image have file capabilities, so that a privileged executor, which runs as user 1001, can mount its SquashFS artifacts. Under no-new-privileges the kernel gives a program none of its file capabilities.",
    risk: 'Nobody has to attack: each mount fails and every artifact is unpacked instead, which is slower. The rights stay on the container and nothing can use them.',
    fix: 'init adds no-new-privileges to the executors with executorPrivileges: confined only, where it is right. An option that your own files set is yours: it stays and is reported.',
    reference: 'https://docs.kernel.org/userspace-api/no_new_privs.html',
  },
  inspect(c) {
    if (!c.release.abilities.mountCapabilities)
      return notApplicable(`in Tracecat ${c.release.tag} no program has file capabilities`)
    return verdictOf(
      presentOf(model(c), sandboxServices).flatMap((name) => inspectService(c, name)),
    )
  },
}

function inspectService(c: Case, name: string): readonly Look[] {
  const service = serviceOf(c, name)
  if (service === undefined) return []
  const item = noNewPrivilegesItem(service)
  const gains = mountGainsRights(service)
  const value = `${item ?? 'not set'}, where mount ${gains ? 'gains' : 'gains no'} rights`
  const place = settingAt(c, name, ['security_opt', ...(item === undefined ? [] : [item])], value)
  return [
    look(
      { ...place, subject: `no-new-privileges of ${name}` },
      'not set where mount gains rights',
      item !== undefined && gains && problemOf(service),
    ),
  ]
}

function problemOf({ name, privileged }: Service): Problem {
  const confine =
    'Set executorPrivileges: confined and run tracecat-harden init: nsjail needs no more.'
  return privileged
    ? {
        evidence: `${name} is privileged, and under no-new-privileges mount gets no rights: every artifact is unpacked instead`,
        remedy: `${confine} Or, to have artifacts mounted, remove no-new-privileges from ${name}.`,
      }
    : {
        evidence: `${name} is given SYS_ADMIN, and under no-new-privileges mount cannot use it`,
        remedy: confine,
      }
}

/** Would `mount` get what its file says? Where one of both capabilities is dropped, it does not even start. */
function mountGainsRights(service: Service): boolean {
  return !startsAsRoot(service) && mayHold(service, 'SYS_ADMIN') && mayHold(service, 'DAC_OVERRIDE')
}
