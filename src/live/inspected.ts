import * as z from 'zod/mini'
import type { Container } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { parseJson } from '../json.ts'

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
    Labels: z.nullish(z.record(z.string(), z.string())),
  }),
  NetworkSettings: z.object({ Networks: z.nullish(z.record(z.string(), z.unknown())) }),
})

/**
 * Containers from the JSON of `docker inspect`, in its order.
 * @throws Failure('surroundings') where it is not what Docker prints
 */
export function readInspected(json: string): readonly Container[] {
  const parsed = z.safeParse(z.array(inspected), parseJson(json))
  if (!parsed.success) {
    const path = parsed.error.issues[0]?.path.join('.') ?? ''
    throw new Failure('surroundings', `Docker describes its containers in an unknown way: ${path}`)
  }
  return parsed.data.map(toContainer)
}

function toContainer(one: z.infer<typeof inspected>): Container {
  const health = one.State.Health?.Status ?? 'none'
  const label = (name: string) => one.Config.Labels?.[`com.docker.compose.${name}`] ?? ''
  return {
    id: one.Id,
    name: one.Name.replace(/^\//, ''),
    service: label('service'),
    project: label('project'),
    oneOff: label('oneoff') === 'True',
    image: one.Config.Image,
    imageId: one.Image,
    state: one.State.Status,
    health: health === '' ? 'none' : health,
    exitCode: one.State.ExitCode,
    restarts: one.RestartCount,
    configHash: label('config-hash'),
    configFiles: label('project.config_files')
      .split(',')
      .filter((path) => path !== ''),
    environmentFile: label('project.environment_file') || undefined,
    workingDirectory: label('project.working_dir'),
    environment: new Map((one.Config.Env ?? []).map(splitVariable)),
    networks: Object.keys(one.NetworkSettings.Networks ?? {}).sort(compare),
  }
}

function splitVariable(line: string): readonly [string, string] {
  const at = line.indexOf('=')
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
