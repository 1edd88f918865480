import type { Where } from '../failure.ts'
import type { ComposeModel, Service } from '../install/compose/model.ts'
import { serviceAt } from '../install/service-at.ts'
import { serverServices } from '../servers/servers.ts'
import type { Case } from './control.ts'

/** The value of a variable as Compose sees it; undefined where it is unset or blank. */
export function variableOf(c: Case, name: string): string | undefined {
  const value = c.install.values.get(name)
  return value === undefined || value === '' ? undefined : value
}

/** Does the text of a switch turn it on, as Tracecat reads it from beta.49 on (docs/tracecat.md#tags-and-releases)? */
export function isOn(text: string | undefined): boolean {
  return /^\s*(?:true|1|yes|on)\s*$/i.test(text ?? '')
}

/** Where a variable of `.env` is set; the file alone where it is not. */
export function whereVariable(c: Case, name: string): Where {
  const assignment = c.install.env?.assignments.findLast((one) => one.name === name)
  return assignment === undefined
    ? { file: c.install.envPath }
    : { file: c.install.envPath, line: assignment.line }
}

/** Where a variable of a service comes from: its line in `.env`, else that in the Compose file. */
export function whereEnvironment(c: Case, service: string, name: string): Where | undefined {
  const inEnv = whereVariable(c, name)
  return inEnv.line === undefined || isOverruled(c, service, name)
    ? whereService(c, service, 'environment', name)
    : inEnv
}

/** Does a service get a value of its own, from a Compose file or an env_file, and not that of `.env`? */
export function isOverruled(c: Case, service: string, name: string): boolean {
  const value = serviceOf(c, service)?.environment.get(name) ?? undefined
  const wanted = variableOf(c, name)
  return value !== undefined && wanted !== undefined && value !== wanted
}

/** Where a path of a service is set; falls back to the service, then to the first Compose file. */
export function whereService(
  c: Case,
  service: string,
  ...path: readonly string[]
): Where | undefined {
  const first = c.install.sources[0]
  return (
    c.install.compose?.locate(['services', service, ...path]) ??
    c.install.compose?.locate(['services', service]) ??
    (first === undefined ? undefined : { file: first.file })
  )
}

export function model(c: Case): ComposeModel | undefined {
  return c.install.compose?.model
}

/** The model without our own override: what our edits are added to. */
export function baseModel(c: Case): ComposeModel | undefined {
  return c.install.base?.model
}

/** Is this place of a service what the admin's own override says? Then it is his, and stays. */
export function isAdminsChoice(c: Case, service: string, ...path: readonly string[]): boolean {
  return c.install.base?.locate(['services', service, ...path])?.file === c.install.overridePath
}

export function serviceOf(c: Case, name: string): Service | undefined {
  return model(c)?.services.get(name)
}

/**
 * A variable as the executor has it; undefined where it has none, even if `.env` sets it: what the Compose
 * file does not hand on is set in vain. Where no executor is read, as Compose sees the variable.
 */
export function inExecutor(c: Case, name: string): string | undefined {
  const executor = serviceOf(c, 'executor')
  return executor === undefined
    ? variableOf(c, name)
    : (executor.environment.get(name) ?? undefined)
}

/** Does the executor start nsjail? Off is what everything but these words means to some part of it (docs/tracecat.md#executor-backend). */
export function isJailed(c: Case): boolean {
  return /^(?:false|0|no|off)$/i.test(inExecutor(c, 'TRACECAT__DISABLE_NSJAIL') ?? '')
}

/** Services that run Tracecat's own Python image: the ones that call out and hold the platform's secrets. */
export function platformServices(from: ComposeModel | undefined): readonly Service[] {
  return [...(from?.services.values() ?? [])].filter((service) => {
    const repository = (service.image ?? '').split('@')[0]?.replace(/:[^/]*$/, '') ?? ''
    return /(^|\/)tracecat$/.test(repository)
  })
}

/** The services, of these, that the model has. */
export function presentOf(
  from: ComposeModel | undefined,
  names: readonly string[],
): readonly string[] {
  return names.filter((name) => from?.services.has(name) === true)
}

/** The services that run sandboxes. */
export const sandboxServices = ['executor', 'agent-executor'] as const

/** The service of this stack that answers to a host; where no Compose file is read, as in the stock one. */
export function stackService(c: Case, host: string): string | undefined {
  const name = host.toLowerCase()
  if (model(c) === undefined) return serverServices.includes(name) ? name : undefined
  return serviceAt(c.install, host)
}
