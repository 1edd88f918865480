import * as z from 'zod/mini'
import { Failure } from '../failure.ts'
import type { StackContainer } from './stack.ts'

/** The part of `docker inspect` that is read; more is there, and Docker leaves `Health` out where there is no check. */
const inspected = z.object({
  Id: z.string(),
  Name: z.string(),
  Image: z.string(),
  RestartCount: z.number(),
  State: z.object({
    Status: z.enum(['created', 'running', 'paused', 'restarting', 'removing', 'exited', 'dead']),
    ExitCode: z.number(),
    Health: z.nullish(
      z.object({ Status: z.enum(['none', '', 'starting', 'healthy', 'unhealthy']) }),
    ),
  }),
  Config: z.object({
    Image: z.string(),
    Env: z.nullish(z.array(z.string())),
    Labels: z.record(z.string(), z.string()),
  }),
  NetworkSettings: z.object({ Networks: z.nullish(z.record(z.string(), z.unknown())) }),
})

/**
 * Containers from the JSON of `docker inspect`, sorted by service and name; those that
 * `docker compose run` made are left out.
 * @throws Failure('surroundings') where it is not what Docker prints
 */
export function readInspected(json: string): readonly StackContainer[] {
  const parsed = z.safeParse(z.array(inspected), parse(json))
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? ''
    throw new Failure('surroundings', `Docker describes its containers in an unknown way: ${path}`)
  }
  return parsed.data
    .filter(({ Config }) => label(Config.Labels, 'oneoff') !== 'True')
    .map(toContainer)
    .sort((a, b) => compare(a.service, b.service) || compare(a.name, b.name))
}

function toContainer(one: z.infer<typeof inspected>): StackContainer {
  const health = one.State.Health?.Status ?? 'none'
  return {
    id: one.Id,
    name: one.Name.replace(/^\//, ''),
    service: label(one.Config.Labels, 'service'),
    image: one.Config.Image,
    imageId: one.Image,
    state: one.State.Status,
    health: health === '' ? 'none' : health,
    exitCode: one.State.ExitCode,
    restarts: one.RestartCount,
    configHash: label(one.Config.Labels, 'config-hash'),
    environment: new Map((one.Config.Env ?? []).map(splitVariable)),
    networks: Object.keys(one.NetworkSettings.Networks ?? {}).sort(compare),
  }
}

function label(labels: Readonly<Record<string, string>>, name: string): string {
  return labels[`com.docker.compose.${name}`] ?? ''
}

function splitVariable(line: string): readonly [string, string] {
  const at = line.indexOf('=')
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
}

/** undefined where it is no JSON, which no schema takes. */
function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
