import type { Where } from '../failure.ts'
import { isSecretName, isWhollySecretName } from '../secrets/names.ts'
import { Sealed } from '../secrets/sealed.ts'
import { estimateBits } from '../secrets/strength.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import { parseConnectionUri } from '../servers/uri.ts'
import type { Case, Look, SeenValue, Severity, Standing } from './control.ts'
import { serviceOf, variableOf, whereEnvironment, whereService, whereVariable } from './reading.ts'

type Value = string | number | boolean | undefined

/** Something to look at, with what is there; undefined where it is not set. */
export interface Place {
  readonly subject: string
  readonly where: Where | undefined
  readonly service?: string | undefined
  readonly value: Value
}

/** What is wrong with it. */
export interface Problem {
  /** For people. Left out, it says what is there and what should be. */
  readonly evidence?: string
  /** Left out, `init` mends it. */
  readonly remedy?: string
  readonly standing?: Standing | undefined
  readonly severity?: Severity | undefined
}

export const runInit = 'Run tracecat-harden init.'

/**
 * What a place has beside what it should have: a finding where there is a problem, else a part of a
 * verdict that passes.
 */
export function look(
  { subject, where, service, value }: Place,
  expected: Value,
  problem?: Problem | false,
): Look {
  const seen = { subject, where, service, value: sealed(value), expected: sealed(expected) }
  if (problem === undefined || problem === false) return seen
  const evidence = `${subject} is ${wordOf(value)}, not ${wordOf(expected)}`
  return { ...seen, evidence, remedy: runInit, ...problem }
}

/** A variable as Compose sees it. Of a secret only its strength is told, of a URI only where it leads. */
export function variableAt(c: Case, name: string): Place {
  return {
    subject: name,
    where: whereVariable(c, name),
    value: shown(name, variableOf(c, name)),
  }
}

/** A variable as a service has it. */
export function environmentAt(c: Case, service: string, name: string): Place {
  const value = serviceOf(c, service)?.environment.get(name) ?? undefined
  return {
    subject: `${service}.environment.${name}`,
    where: whereEnvironment(c, service, name),
    service,
    value: shown(name, value),
  }
}

/** A path of a service in the Compose model, with what is there. */
export function settingAt(
  c: Case,
  service: string,
  path: readonly [string, ...string[]],
  value: Value,
): Place {
  return {
    subject: `${service}.${path.join('.')}`,
    where: whereService(c, service, ...path),
    service,
    value,
  }
}

function shown(name: string, value: string | undefined): Value {
  if (value === undefined || value === '') return value
  if (isWhollySecretName(name)) {
    if (isWellKnown(value)) return 'a value that everybody knows'
    return estimateBits(value) >= 80 ? 'a strong secret' : 'a weak secret'
  }
  if (!isSecretName(name)) return value
  const uri = parseConnectionUri(value)
  if (uri === undefined) return 'no URI'
  return `${uri.scheme}://${uri.host}${uri.port === '' ? '' : `:${uri.port}`}`
}

function sealed(value: Value): SeenValue {
  return typeof value === 'number' || typeof value === 'boolean' ? value : new Sealed(wordOf(value))
}

function wordOf(value: Value): string {
  return value === undefined ? 'not set' : value === '' ? 'blank' : String(value)
}
