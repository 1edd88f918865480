import type { Script } from '../world/fake.ts'

export interface FakeContainer {
  readonly service: string
  readonly environment?: Readonly<Record<string, string>>
  readonly running?: boolean
}

export interface FakeVolume {
  readonly volume: string
  readonly project: string
}

/** What an engine would answer. */
export interface FakeEngine {
  readonly directory: string
  readonly project?: string
  readonly configFiles?: readonly string[]
  readonly environmentFile?: string
  readonly containers?: readonly FakeContainer[]
  readonly volumes?: readonly FakeVolume[]
  readonly images?: readonly string[]
  /** What `CONFIG GET appendonly` says in the running Redis. */
  readonly appendOnly?: 'yes' | 'no'
  /** The first level of privileges at which a jail starts; none without it. */
  readonly jailStartsAt?: 'confined' | 'capabilities' | 'privileged'
  /** Is the folder a git checkout? */
  readonly git?: boolean
}

/** An engine that only exists as its answers. */
export function engine(parts: FakeEngine): Script {
  const answer: Script = (program, args, options) => {
    // A profile reaches docker through a pipe.
    if (program === 'sh') return answer('docker', args.slice(args.indexOf('sh') + 1), options)
    const line = args.join(' ')
    if (program === 'git') {
      if (parts.git !== true) return { exitCode: 128, stderr: 'fatal: not a git repository' }
      return line.includes('is-inside-work-tree') ? { stdout: 'true\n' } : { exitCode: 1 }
    }
    if (program !== 'docker') return 'missing'
    if (args[0] === 'version') return { stdout: '27.0.0\n' }
    if (args[0] === 'ps')
      return { stdout: (parts.containers ?? []).map((_, index) => `c${index}\n`).join('') }
    if (args[0] === 'inspect')
      return {
        stdout: JSON.stringify((parts.containers ?? []).map((one) => inspected(parts, one))),
      }
    if (line.startsWith('volume ls'))
      return { stdout: (parts.volumes ?? []).map((_, index) => `v${index}\n`).join('') }
    if (line.startsWith('volume inspect'))
      return { stdout: JSON.stringify((parts.volumes ?? []).map(inspectedVolume)) }
    if (args[0] === 'images')
      return { stdout: parts.images?.includes(args.at(-1) ?? '') ? 'abc\n' : '' }
    if (line.includes('CONFIG GET appendonly'))
      return { stdout: `appendonly\n${parts.appendOnly ?? 'no'}\n` }
    if (args[0] === 'run') return jail(parts, args, options.stdin)
    // It only answers: without hashes nobody can tell what a change of its stack would do, and files alone are written.
    if (line.includes('--hash')) return { exitCode: 1, stderr: 'no hashes here' }
    return {}
  }
  return answer
}

function jail(parts: FakeEngine, args: readonly string[], profile: string | undefined) {
  const level = args.includes('--privileged')
    ? 'privileged'
    : profile === undefined
      ? 'capabilities'
      : 'confined'
  const order = ['confined', 'capabilities', 'privileged']
  const works =
    parts.jailStartsAt !== undefined && order.indexOf(level) >= order.indexOf(parts.jailStartsAt)
  return works
    ? { stdout: 'tracecat-harden: a jail started\n' }
    : { exitCode: 255, stderr: '[E] clone: Operation not permitted' }
}

function inspected(
  parts: FakeEngine,
  { service, environment = {}, running = true }: FakeContainer,
) {
  const label = (name: string) => `com.docker.compose.${name}`
  return {
    Id: `id-of-${service}`,
    Name: `/${service}`,
    Image: `sha256:${service}`,
    RestartCount: 0,
    State: { Status: running ? 'running' : 'exited', ExitCode: 0 },
    NetworkSettings: {},
    Config: {
      Image: `image-of-${service}`,
      Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
      Labels: {
        [label('service')]: service,
        [label('project')]: parts.project ?? 'tracecat',
        [label('project.config_files')]: (parts.configFiles ?? ['docker-compose.yml'])
          .map((file) => (file.startsWith('/') ? file : `${parts.directory}/${file}`))
          .join(','),
        [label('project.working_dir')]: parts.directory,
        ...(parts.environmentFile === undefined
          ? {}
          : { [label('project.environment_file')]: parts.environmentFile }),
      },
    },
  }
}

function inspectedVolume({ volume, project }: FakeVolume) {
  return {
    Name: `${project}_${volume}`,
    Labels: { 'com.docker.compose.volume': volume, 'com.docker.compose.project': project },
  }
}
