import type { Container } from '../../src/controls/facts.ts'
import type { RunOptions, Stack } from '../../src/live/stack.ts'
import type { ProcessResult } from '../../src/world/process.ts'
import { container as containerOf } from './container.ts'

export interface Call {
  readonly how: 'exec' | 'runBeside'
  readonly service: string
  readonly command: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly stdin: string
  readonly timeoutMs: number
}

/** What a program answers; parts left out are an empty output and exit code 0. */
export type Answer = (call: Call) => Partial<ProcessResult>

/** A stack whose programs answer as told, and that remembers what was asked. It can do nothing else. */
export function scriptedStack(answer: Answer): { readonly stack: Stack; readonly calls: Call[] } {
  const calls: Call[] = []
  const ran =
    (how: Call['how']) =>
    async (container: Container, command: readonly string[], options: RunOptions = {}) => {
      const { env = {}, stdin = '', timeoutMs = 0 } = options
      const call = { how, service: container.service, command, env, stdin, timeoutMs }
      calls.push(call)
      return { exitCode: 0, timedOut: false, stdout: '', stderr: '', ...answer(call) }
    }
  const never = () => {
    throw new Error('Only programs are scripted')
  }
  const stack = {
    project: 'tracecat',
    now: () => new Date(),
    pause: async (ms: number) => await new Promise<void>((resolve) => setTimeout(resolve, ms)),
    command: 'docker compose',
    containers: never,
    configHashes: never,
    up: never,
    restart: never,
    logs: never,
    exec: ran('exec'),
    runBeside: ran('runBeside'),
  }
  return { stack, calls }
}

export function container(service: string): Container {
  return containerOf(service, {
    ...{ name: service, image: service, imageId: 'sha256:0', health: 'healthy', configHash: '' },
  })
}
