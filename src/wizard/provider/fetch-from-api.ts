import * as z from 'zod/mini'
import script from '../../../templates/wizard/get.txt'
import { parseJson } from '../../json.ts'
import type { GetOptions, GetResult } from '../../world/network.ts'
import type { World } from '../../world/world.ts'
import type { ApiImage } from '../draft.ts'

const answerSchema = z.union([
  z.object({
    kind: z.literal('answer'),
    status: z.number(),
    location: z.nullable(z.string()),
    text: z.string(),
  }),
  z.object({
    kind: z.literal('failed'),
    reason: z.enum(['name', 'connection', 'proxy', 'time-out', 'certificate', 'too-large']),
    detail: z.string(),
  }),
])

/** Starting a container takes a few seconds of its own. */
const startMs = 15_000

/**
 * One GET from inside the api's image, on the stack's network where there is one: what the api will see.
 * The URL and the rest go in by the environment, so that nothing of them is an argument of a shell.
 * @returns undefined where the image could not run it: nothing was learned then
 */
export async function getFromApi(
  world: World,
  api: ApiImage,
  url: string,
  options: GetOptions,
): Promise<GetResult | undefined> {
  const { proxy } = options
  const env: Readonly<Record<string, string>> = {
    HARDEN_URL: url,
    HARDEN_LIMIT: String(options.maxBytes),
    HARDEN_TIMEOUT: String(options.timeoutMs / 1000),
    HARDEN_CA: (options.authorities ?? []).join('\n'),
    ...(proxy === undefined ? {} : { HTTPS_PROXY: proxy, HTTP_PROXY: proxy }),
  }
  const result = await world.processes.run(
    'docker',
    [
      'run',
      '--rm',
      '--pull=never',
      '--interactive',
      '--cap-drop=ALL',
      '--security-opt=no-new-privileges',
      ...(api.network === undefined ? [] : [`--network=${api.network}`]),
      ...Object.keys(env).flatMap((name) => ['--env', name]),
      '--entrypoint',
      'python3',
      api.image,
      '-',
    ],
    { stdin: script, timeoutMs: options.timeoutMs + startMs, env },
  )
  if (result === 'missing' || result.exitCode !== 0) return undefined
  const parsed = answerSchema.safeParse(parseJson(result.stdout))
  if (!parsed.success) return undefined
  return parsed.data.kind === 'failed'
    ? parsed.data
    : { ...parsed.data, location: parsed.data.location ?? undefined }
}
