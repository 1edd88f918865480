import type { Tenancy } from '../../answers/answers.ts'
import type { Backend, Release } from '../../release/release.ts'
import { releaseThatChanges } from '../../release/release-of.ts'
import { acceptedBy, type Case, type Control, type Look, stays, verdictOf } from '../control.ts'
import { type Edit, setVariableTo } from '../edit.ts'
import { environmentAt, look, type Problem, runInit } from '../look.ts'
import { passOn } from '../pass-on.ts'
import { inExecutor, isJailed, isOverruled, sandboxServices } from '../reading.ts'

const backendName = 'TRACECAT__EXECUTOR_BACKEND'
const disableName = 'TRACECAT__DISABLE_NSJAIL'

/** Backend and switch of nsjail that fit each other. No backend where the release has no such variable. */
export interface SandboxPair {
  readonly backend: Backend | undefined
  readonly disableNsjail: boolean
}

/**
 * The coherent pair for a release and a tenancy; undefined where the release has no sandbox.
 * From beta.51 on `pool` stops the executor, so that one tenant gets `ephemeral` there, too.
 */
export function sandboxPair(release: Release, tenancy: Tenancy): SandboxPair | undefined {
  const { nsjail, backends } = release.abilities
  if (!nsjail) return undefined
  if (tenancy === 'trusted')
    return { backend: backends.length === 0 ? undefined : 'direct', disableNsjail: true }
  if (backends.length === 0) return { backend: undefined, disableNsjail: false }
  const backend = tenancy === 'single' && backends.includes('pool') ? 'pool' : 'ephemeral'
  return { backend, disableNsjail: false }
}

export const executorBackend: Control = {
  meta: {
    id: 'executor-backend',
    title: 'Scripts and actions run in a sandbox',
    severity: 'critical',
    area: 'isolation',
    why: 'Stock Tracecat runs scripts as plain subprocesses of the executor, which holds every secret of the platform and reaches every internal network.',
    risk: 'Whoever writes a workflow reads the database encryption key and all stored credentials.',
    fix: 'The backend and the nsjail switch are set together, as the release understands them. With tenancy: trusted the direct backend stays, as an accepted risk.',
    reference: 'https://docs.tracecat.com/self-hosting/security',
  },
  inspect(c) {
    if (!c.release.abilities.nsjail) {
      const place = { subject: `the sandbox of ${c.release.tag}`, where: undefined }
      return verdictOf([
        look({ ...place, value: 'none' }, 'nsjail', {
          evidence: `Tracecat ${c.release.tag} has no sandbox: scripts run beside every secret`,
          remedy:
            'Upgrade to 1.0.0-beta.50 or later; until then let only people write workflows who may read every stored credential.',
          standing: stays(
            'no file can give this release a sandbox',
            releaseThatChanges('nsjail', c.release.tag),
          ),
        }),
      ])
    }
    const invalid = validity(c)
    return verdictOf([...(invalid === undefined ? isolation(c) : [invalid])])
  },
  harden(c) {
    const pair = sandboxPair(c.release, c.answers.tenancy)
    if (pair === undefined) return []
    const edits: Edit[] = []
    if (pair.backend !== undefined) edits.push(setVariableTo(backendName, pair.backend))
    edits.push(setVariableTo(disableName, String(pair.disableNsjail), { after: backendName }))
    const names = pair.backend === undefined ? [disableName] : [backendName, disableName]
    return [...edits, ...sandboxServices.flatMap((service) => passOn(c, service, names))]
  },
}

/** init sets what `.env` says, which a value in a Compose file overrules. */
function remedy(c: Case, usual: string): string {
  const overruled = [backendName, disableName].filter((name) => isOverruled(c, 'executor', name))
  return overruled.length === 0
    ? usual
    : `Remove ${overruled.join(' and ')} from the environment of executor in the Compose file.`
}

function validity(c: Case): Look | undefined {
  const backend = inExecutor(c, backendName)
  const { backends } = c.release.abilities
  if (backend === undefined || backends.length === 0 || backends.some((known) => known === backend))
    return undefined
  return look(environmentAt(c, 'executor', backendName), `one of ${backends.join(', ')}`, {
    evidence: `${backendName}=${backend} stops the executor of ${c.release.tag}, which knows ${backends.join(', ')}`,
    remedy: remedy(c, runInit),
  })
}

function isolation(c: Case): readonly Look[] {
  const hasBackends = c.release.abilities.backends.length > 0
  const [at, problem] = unsandboxed(c, hasBackends ? backendName : disableName) ?? []
  const nsjail = inExecutor(c, disableName)
  const backend = `${inExecutor(c, backendName) ?? 'direct'}, nsjail ${isJailed(c) ? 'on' : 'off'}`
  const looks = [
    [disableName, nsjail, false],
    ...(hasBackends ? [[backendName, backend, 'pool or ephemeral, nsjail on'] as const] : []),
  ] as const
  return looks.map(([name, value, expected]) =>
    look({ ...environmentAt(c, 'executor', name), value }, expected, at === name && problem),
  )
}

/** What lets scripts out, and the variable that does. */
function unsandboxed(c: Case, usual: string): readonly [string, Problem] | undefined {
  const backend = inExecutor(c, backendName) ?? 'direct'
  const raw = inExecutor(c, disableName)
  const disabled = raw === undefined || ['true', '1'].includes(raw.toLowerCase())
  const open = (evidence: string): readonly [string, Problem] => [
    usual,
    {
      evidence,
      remedy: remedy(c, 'Run tracecat-harden init with tenancy: single or multi.'),
      standing: c.answers?.tenancy === 'trusted' ? acceptedBy('tenancy: trusted') : undefined,
    },
  ]
  if (raw !== undefined && !['true', 'false'].includes(raw)) {
    const evidence = `${disableName}=${raw}: Tracecat's parts read anything but true and false differently`
    return [disableName, { evidence, remedy: remedy(c, runInit), severity: 'medium' }]
  }
  if (usual === disableName) return disabled ? open('nsjail is turned off') : undefined
  // The pool starts its workers without nsjail then; ephemeral insists on it.
  if (disabled && backend === 'ephemeral') {
    const evidence = `the backend ${backend} needs nsjail, and ${disableName} is true: every action fails`
    return [disableName, { evidence, remedy: remedy(c, runInit) }]
  }
  if (disabled) return open(`scripts run unsandboxed (backend ${backend}, nsjail off)`)
  return backend === 'direct' || backend === 'test'
    ? open(`nsjail is on, but the backend ${backend} runs registry actions outside of it`)
    : undefined
}
