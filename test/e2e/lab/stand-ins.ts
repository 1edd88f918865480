import { createHash } from 'node:crypto'
import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { execa } from 'execa'
import { baseTar } from './base-image.ts'

const sources = fileURLToPath(new URL('stand-in', import.meta.url))
const baseImage = 'tracecat-harden-lab/base'
const builtLabel = 'tracecat-harden-lab.sources'

/** Which stage of the Dockerfile stands in for an image, by its repository. */
const stages: Readonly<Record<string, string>> = {
  postgres: 'postgres',
  redis: 'redis',
  caddy: 'caddy',
  'minio/minio': 'minio',
  'temporalio/auto-setup': 'temporal',
  'temporalio/ui': 'temporal-ui',
  'ghcr.io/tracecathq/tracecat': 'tracecat',
  'ghcr.io/tracecathq/tracecat-ui': 'tracecat-ui',
}

type Docker = (
  args: readonly string[],
) => Promise<{ readonly exitCode?: number; readonly stdout: string }>

/**
 * Builds a stand-in for each of these images (`postgres:16`) that is not built yet, and tags it with
 * that very name. An image that nothing stands in for is left to be pulled.
 */
export async function buildStandIns(
  host: string,
  images: readonly string[],
  cache: string,
): Promise<void> {
  const docker: Docker = (args) =>
    execa('docker', args, { env: { DOCKER_HOST: host, DOCKER_BUILDKIT: '0' }, reject: false })
  const version = sourcesHash()
  const missing: string[] = []
  for (const image of images) {
    const label = `{{index .Config.Labels "${builtLabel}"}}`
    const inspected = await docker(['image', 'inspect', '--format', label, image])
    if (inspected.stdout.trim() !== version) missing.push(image)
  }
  if (missing.length === 0) return
  if ((await docker(['image', 'inspect', baseImage])).exitCode !== 0) {
    await must(docker, ['import', await baseTar(cache), baseImage])
  }
  const context = await buildContext()
  try {
    for (const image of missing) {
      const [repository = '', tag = 'latest'] = image.split(':')
      const stage = stages[repository]
      if (!stage) continue
      const labels = ['--label', `${builtLabel}=${version}`]
      const target = ['--target', stage, '--build-arg', `TAG=${tag}`, '--tag', image]
      await must(docker, ['build', '--quiet', ...labels, ...target, context])
    }
  } finally {
    rmSync(context, { recursive: true, force: true })
  }
}

/** The Dockerfile and its scripts, our program as one file, and this machine's Node and Caddy. */
async function buildContext(): Promise<string> {
  const context = mkdtempSync(join(tmpdir(), 'tracecat-harden-images-'))
  cpSync(sources, context, { recursive: true, filter: (path) => !path.endsWith('.ts') })
  await build({
    entryPoints: [join(sources, 'main.ts')],
    outfile: join(context, 'main.mjs'),
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20.19',
    logLevel: 'warning',
  })
  copyFileSync(process.execPath, join(context, 'node'))
  const { stdout: caddy } = await execa('which', ['caddy'])
  copyFileSync(caddy, join(context, 'caddy'))
  return context
}

function sourcesHash(): string {
  const hash = createHash('sha256').update(process.version)
  for (const file of readdirSync(sources).sort())
    hash.update(file).update(readFileSync(join(sources, file)))
  return hash.digest('hex').slice(0, 16)
}

async function must(docker: Docker, args: readonly string[]): Promise<void> {
  const result = await docker(args)
  if (result.exitCode !== 0) throw new Error(`docker ${args.join(' ')}: ${JSON.stringify(result)}`)
}
