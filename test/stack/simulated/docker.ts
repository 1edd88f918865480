import type { ProcessOptions, ProcessResult } from '../../../src/world/process.ts'
import { compose } from './compose.ts'
import { complaints } from './credentials.ts'
import { isServer, settle } from './lifecycle.ts'
import { curl, type Output, psqlOverNetwork, psqlOverSocket, redisCli } from './servers.ts'
import { type HostState, project, type SimulatedContainer } from './state.ts'

/** Does this command change anything on the host? */
export function changesHost(args: readonly string[], options: ProcessOptions): boolean {
  if (args[0] === 'compose') return args.includes('up') || args.includes('restart')
  return args[0] === 'exec' && /ALTER ROLE|"SETUSER"|"SET"/.test(options.stdin ?? '')
}

/**
 * `docker`, on a host that is a value.
 * @param share how far a command gets before the power goes: 1 is to its end
 */
export function docker(
  state: HostState,
  args: readonly string[],
  options: ProcessOptions,
  share = 1,
): ProcessResult {
  state.now += 20
  if (changesHost(args, options)) state.log.push(describe(args, options.stdin))
  settle(state)
  const output = answer(state, args, options, share)
  return { exitCode: 0, timedOut: false, stdout: '', stderr: '', ...output }
}

/** Without what is secret, and without what is the same every time. */
function describe(args: readonly string[], stdin = ''): string {
  const at = args.findIndex((word) => word === 'up' || word === 'restart')
  if (at >= 0) return args.slice(at).join(' ')
  return `${args.slice(-12).find((word) => /^(psql|redis-cli)$/.test(word)) ?? ''} ${/ALTER ROLE "\w+"|SETUSER" "default" "./.exec(stdin)?.[0] ?? ''}`
}

function answer(
  state: HostState,
  args: readonly string[],
  options: ProcessOptions,
  share: number,
): Output {
  const gone = 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock.'
  if (state.faults.dockerGone === true) return { exitCode: 1, stderr: `${gone}\n` }
  const env = options.env ?? {}
  const [command = '', ...rest] = args
  switch (command) {
    case 'version':
      return { stdout: '27.0.0\n' }
    case 'ps':
      return {
        stdout: listed(state, rest)
          .map(({ id }) => `${id}\n`)
          .join(''),
      }
    case 'inspect':
      return inspect(state, rest.slice(2))
    case 'volume':
      return volume(state, rest)
    case 'images':
      return { stdout: '' }
    case 'image':
      return { stdout: `${rest.slice(3).map(imageId).join('\n')}\n` }
    case 'logs':
      return { stderr: logsOf(find(state, rest.at(-1))) }
    case 'run':
      return psqlOverNetwork(state, env)
    case 'exec':
      return exec(state, rest, options)
    case 'compose': {
      if (rest.includes('exec')) return redisCli(state, env, '"CONFIG" "GET" "appendonly"\n')
      const cwd = options.cwd ?? state.directory
      return compose(state, { args: rest, cwd, shell: env, stdin: options.stdin, share })
    }
    default:
      throw new Error(`No command that this Docker knows: ${args.join(' ')}`)
  }
}

function find(state: HostState, id: string | undefined): SimulatedContainer | undefined {
  return state.containers.find((one) => one.id === id)
}

/** The newest first, as Docker lists them. */
function listed(state: HostState, args: readonly string[]): readonly SimulatedContainer[] {
  const wanted = /project=(.*)$/.exec(args.at(-1) ?? '')?.[1]
  return state.containers
    .filter((one) => wanted === undefined || (one.elsewhere?.project ?? project) === wanted)
    .toReversed()
}

function inspect(state: HostState, ids: readonly string[]): Output {
  const lost = ids.find((id) => find(state, id) === undefined)
  if (lost !== undefined)
    return { exitCode: 1, stdout: '[]\n', stderr: `Error: No such container: ${lost}\n` }
  const found = ids.flatMap((id) => find(state, id) ?? [])
  return { stdout: JSON.stringify(found.map((one) => inspected(state, one))) }
}

function inspected(state: HostState, container: SimulatedContainer) {
  const label = (name: string) => `com.docker.compose.${name}`
  const { directory } = state
  const files = ['docker-compose.yml', 'docker-compose.override.yml']
  const made = container.elsewhere ?? {
    ...{ project, directory },
    files: files.map((file) => `${directory}/${file}`),
  }
  return {
    Id: container.id,
    Name: `/${container.service}`,
    Image: imageId(container.image),
    RestartCount: container.restarts,
    State: {
      Status: container.state,
      Running: ['running', 'paused', 'restarting'].includes(container.state),
      ExitCode: container.exitCode,
      ...healthOf(state, container),
    },
    Config: {
      Image: container.image,
      Env: Object.entries(container.environment).map(([name, value]) => `${name}=${value}`),
      Labels: {
        [label('project')]: made.project,
        [label('service')]: container.service,
        [label('oneoff')]: 'False',
        [label('config-hash')]: container.configHash,
        [label('project.config_files')]: made.files.join(','),
        [label('project.working_dir')]: made.directory,
      },
    },
    NetworkSettings: {
      Networks: Object.fromEntries(container.networks.map((name) => [name, {}])),
    },
  }
}

/** Those with a health check in the stock file; a Redis whose own client cannot sign in is unhealthy. */
function healthOf(state: HostState, container: SimulatedContainer) {
  const checked = ['api', 'litellm', 'postgres_db', 'redis', 'minio', 'temporal']
  if (!checked.includes(container.service)) return {}
  const isWell =
    container.state === 'running' &&
    !(isServer(container) && complaints(state, container).length > 0)
  return { Health: { Status: isWell ? 'healthy' : 'unhealthy' } }
}

function imageId(image: string): string {
  return `sha256:${Buffer.from(image).toString('hex').padEnd(64, '0').slice(0, 64)}`
}

function volume(state: HostState, [command]: readonly string[]): Output {
  const names = ['core-db', 'temporal-db', 'redis-data', 'minio-data']
  const exist = Object.keys(state.databases).length > 0 ? names : []
  if (command === 'ls') return { stdout: exist.map((name) => `${project}_${name}\n`).join('') }
  const labels = (name: string) => ({
    'com.docker.compose.volume': name,
    'com.docker.compose.project': project,
  })
  return {
    stdout: JSON.stringify(
      exist.map((name) => ({ Name: `${project}_${name}`, Labels: labels(name) })),
    ),
  }
}

/** A program that cannot sign in prints what it tried, the password in it. */
function logsOf(container: SimulatedContainer | undefined): string {
  const { TRACECAT__DB_URI, REDIS_URL } = container?.environment ?? {}
  return `started\ncould not connect: ${TRACECAT__DB_URI ?? ''} ${REDIS_URL ?? ''}\n`
}

function exec(state: HostState, args: readonly string[], options: ProcessOptions): Output {
  const at = args.findIndex((word) => /^[0-9a-f]{64}$/.test(word))
  const container = find(state, args[at])
  const program = args[at + 1] ?? ''
  if (container === undefined)
    return { exitCode: 1, stderr: `Error response from daemon: No such container: ${args[at]}\n` }
  if (container.state !== 'running') {
    const what =
      container.state === 'paused' ? 'paused, unpause the container before exec' : 'not running'
    return {
      exitCode: 1,
      stderr: `Error response from daemon: container ${container.id} is ${what}\n`,
    }
  }
  const { env = {}, stdin = '' } = options
  if (program === 'psql') return psqlOverSocket(state, container, env, stdin)
  if (program === 'redis-cli') return redisCli(state, env, stdin)
  if (program === 'curl') return curl(state, stdin)
  throw new Error(`No program that these containers have: ${program}`)
}
