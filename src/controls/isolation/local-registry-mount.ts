import type { Mount } from '../../install/compose/model.ts'
import { type Case, type Control, stays, verdictOf } from '../control.ts'
import { addToService } from '../edit.ts'
import { look, type Problem, settingAt } from '../look.ts'
import { baseModel, isAdminsChoice, model, serviceOf, variableOf } from '../reading.ts'

const target = '/app/local_registry'
const pathName = 'TRACECAT__LOCAL_REPOSITORY_PATH'

export const localRegistryMount: Control = {
  meta: {
    id: 'local-registry-mount',
    title: "The local registry's folder is not writable",
    severity: 'high',
    area: 'isolation',
    why: 'A folder of the host is mounted into api, worker and executors and stands on their PYTHONPATH, though the local registry is disabled. Docker makes the folder where there is none.',
    risk: 'A script without a sandbox writes a module there; api and executor import it at the next start, with all their secrets.',
    fix: 'The same folder is mounted read-only. With TRACECAT__LOCAL_REPOSITORY_ENABLED=true it stays as it is, and is reported.',
    reference: 'https://docs.docker.com/engine/storage/bind-mounts/',
  },
  inspect(c) {
    const enabled = isEnabled(c)
    const problem: Problem = enabled
      ? {
          remedy: `Mount it with :ro in your override: "\${${pathName}}:${target}:ro".`,
          severity: 'medium',
          standing: stays('the local registry is enabled: what it needs to write is yours to say'),
        }
      : {}
    return verdictOf(
      [...(model(c)?.services.values() ?? [])].flatMap(({ name, mounts }) =>
        mounts.filter(isOurs).map(({ readOnly }) =>
          look(
            settingAt(c, name, ['volumes', target], readOnly ? 'read-only' : 'writable'),
            'read-only',
            !readOnly && {
              evidence: `${name} may write ${target}, from which Python programs are loaded${enabled ? '' : ', and the local registry is disabled'}`,
              ...problem,
            },
          ),
        ),
      ),
    )
  },
  harden(c) {
    if (isEnabled(c)) return []
    return [...(baseModel(c)?.services.values() ?? [])].flatMap((service) => {
      const stock = service.mounts.find(isOurs)
      if (stock?.source === undefined || stock.readOnly) return []
      if (isAdminsChoice(c, service.name, 'volumes', target)) return []
      const now = serviceOf(c, service.name)?.mounts.find(isOurs)
      if (now?.source !== stock.source) return []
      return [
        addToService(service.name, 'volumes', `${sourceOf(c, stock.source)}:${target}:ro`, target),
      ]
    })
  },
}

function isOurs(mount: Mount): boolean {
  return mount.target === target
}

function isEnabled(c: Case): boolean {
  return ['true', '1'].includes(
    (variableOf(c, 'TRACECAT__LOCAL_REPOSITORY_ENABLED') ?? '').toLowerCase(),
  )
}

/** By its variable where the Compose file has it so: `.env` may not be written yet, and its value may change. */
function sourceOf(c: Case, source: string): string {
  const byVariable = c.install.sources.some(({ text }) =>
    text.includes(`\${${pathName}}:${target}`),
  )
  return byVariable ? `\${${pathName}}` : source
}
