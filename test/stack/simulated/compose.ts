import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { Failure } from '../../../src/failure.ts'
import type { ComposeModel } from '../../../src/install/compose/model.ts'
import type { Shell } from '../../../src/install/env-file/resolve.ts'
import { connect, create, dropSessions, isServer, networksOf, start } from './lifecycle.ts'
import { configHash, inOrder, type ModelSource, modelOf, ordinaryFiles } from './model.ts'
import type { Output } from './servers.ts'
import { containerOf, type HostState, isOfStack } from './state.ts'

interface ComposeCall {
  readonly source: ModelSource
  readonly command: string
  readonly flags: readonly string[]
  readonly names: readonly string[]
}

const withValue = new Set(['--pull', '--hash', '--format', '--timeout'])
const global = new Set(['--project-name', '--project-directory', '--env-file', '--file', '-f'])

/** What follows `docker compose`. */
function readCall(args: readonly string[], cwd: string, stdin: string | undefined): ComposeCall {
  const files: string[] = []
  let directory = cwd
  let envFile: string | undefined
  let at = 0
  for (; global.has(args[at] ?? ''); at += 2) {
    const value = args[at + 1] ?? ''
    if (args[at] === '--project-directory') directory = value
    if (args[at] === '--env-file') envFile = value
    if (args[at] === '--file' || args[at] === '-f')
      files.push(value === '-' ? value : resolve(cwd, value))
  }
  const [command = '', ...rest] = args.slice(at)
  const flags: string[] = []
  const names: string[] = []
  const left = [...rest]
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (!word.startsWith('-')) names.push(word)
    else flags.push(withValue.has(word) ? `${word} ${left.shift() ?? ''}` : word)
  }
  const ordinary = ordinaryFiles(directory)
  const source = {
    directory,
    files: files.length === 0 ? ordinary.files : files,
    envFile:
      envFile === undefined ? ordinary.envFile : envFile === '/dev/null' ? undefined : envFile,
    stdin,
  }
  return { source, command, flags, names }
}

export interface ComposeRun {
  readonly args: readonly string[]
  readonly cwd: string
  /** Wins over `.env`. */
  readonly shell: Shell
  readonly stdin: string | undefined
  /** How many of its acts it gets to, where it dies midway: a share of all. */
  readonly share: number
}

/** `docker compose` with `config`, `up` and `restart`, as far as it is used here. */
export function compose(state: HostState, run: ComposeRun): Output {
  const { source, command, flags, names } = readCall(run.args, run.cwd, run.stdin)
  const missing = source.files.find((path) => path !== '-' && !existsSync(path))
  if (missing !== undefined)
    return { exitCode: 1, stderr: `open ${missing}: no such file or directory\n` }
  let model: ComposeModel
  try {
    model = modelOf(source, run.shell)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { exitCode: 1, stderr: `${error.message}\n` }
  }
  if (command === 'config' && flags.includes('--quiet')) return {}
  if (command === 'config' && flags.includes('--hash *')) {
    const lines = [...model.services.values()].map((one) => `${one.name} ${configHash(one)}\n`)
    return { stdout: lines.join('') }
  }
  const unknown = names.find((name) => !model.services.has(name))
  if (unknown !== undefined) return { exitCode: 1, stderr: `no such service: ${unknown}\n` }
  if (command === 'up') return up(state, model, flags, names, run.share)
  if (command === 'restart') return restart(state, names)
  throw new Error(`No command that this Compose knows: ${run.args.join(' ')}`)
}

/** Creates all, then starts all in the order of their dependencies, as Compose 2.40 does. */
function up(
  state: HostState,
  model: ComposeModel,
  flags: readonly string[],
  names: readonly string[],
  share: number,
): Output {
  for (const flag of ['--no-deps', '--no-build', '--pull never'])
    if (!flags.includes(flag)) throw new Error(`up without ${flag}`)
  const isAnew = flags.includes('--force-recreate')
  if (state.faults.refuseUp === true || (isAnew && state.faults.refuseAnew === true))
    return { exitCode: 1, stderr: 'Error response from daemon: no space left on device\n' }
  const acts: (() => string | undefined)[] = []
  const services = inOrder(model, names.length === 0 ? [...model.services.keys()] : names)
  for (const service of services) {
    const found = state.containers.find((one) => one.service === service.name && isOfStack(one))
    const networks = networksOf(model, service)
    // Only of one that runs it looks at the networks (stack.e2e.ts proves it).
    const isWhole =
      found?.state !== 'running' || networks.every((name) => found.networks.includes(name))
    const isSame = found?.configHash === configHash(service) && isWhole
    if (isSame && !isAnew) continue
    acts.push(() => {
      create(state, model, service)
      dropSessions(state, service.name)
      return undefined
    })
    acts.push(() => {
      connect(state, model, service)
      return undefined
    })
  }
  for (const service of flags.includes('--no-start') ? [] : services) {
    acts.push(() => {
      const container = containerOf(state, service.name)
      if (container.state === 'running') return undefined
      for (const [name, { condition }] of service.dependsOn) {
        const isNamed = services.some((one) => one.name === name)
        if (!isNamed || condition !== 'service_healthy') continue
        if (containerOf(state, name).state !== 'running')
          return `dependency failed to start: container ${name} is unhealthy`
      }
      if (state.faults.refuseStart?.includes(service.name) === true)
        return `Error response from daemon: driver failed programming external connectivity on endpoint ${service.name}`
      start(state, container)
      if (isServer(container)) dropSessions(state, service.name)
      return undefined
    })
  }
  for (const act of acts.slice(0, Math.ceil(acts.length * share))) {
    const stderr = act()
    if (stderr !== undefined) return { exitCode: 1, stderr: `${stderr}\n` }
  }
  return {}
}

function restart(state: HostState, names: readonly string[]): Output {
  for (const name of names) start(state, containerOf(state, name))
  return {}
}
