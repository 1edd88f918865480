import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ComposeModel, Service } from '../../../src/install/compose/model.ts'
import { resolveCompose } from '../../../src/install/compose/resolve.ts'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import type { Shell } from '../../../src/install/env-file/resolve.ts'
import { resolveEnvFile } from '../../install/env-file/resolved.ts'

export interface ModelSource {
  readonly directory: string
  /** Absolute, as Compose merges them. */
  readonly files: readonly string[]
  /** Absolute; undefined: no file at all. */
  readonly envFile: string | undefined
  /** What `-f -` stands for. */
  readonly stdin?: string | undefined
}

/** The files that Compose finds by itself. */
export function ordinaryFiles(directory: string): ModelSource {
  const names = ['docker-compose.yml', 'docker-compose.override.yml']
  return {
    directory,
    files: names.map((name) => join(directory, name)).filter((path) => existsSync(path)),
    envFile: join(directory, '.env'),
  }
}

/** The same files are asked for again and again; more than these are not asked for in one breath. */
const remembered = new Map<string, ComposeModel>()
const mostRemembered = 20

/** What Compose makes of the files as they lie on disk, the process's variables winning over `.env`. */
export function modelOf(source: ModelSource, shell: Shell): ComposeModel {
  const { directory, files, envFile, stdin } = source
  const text = envFile === undefined ? '' : readFileSync(envFile, 'utf8')
  const texts = files.map((path) => (path === '-' ? (stdin ?? '') : readFileSync(path, 'utf8')))
  const key = JSON.stringify([directory, files, text, texts, shell])
  const known = remembered.get(key)
  if (known !== undefined) return known
  const own = Object.entries(shell).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  )
  const values = new Map([...resolveEnvFile(parseEnvFile(text, '.env'), shell), ...own])
  const sources = files.map((path, at) => ({ file: basename(path), text: texts[at] ?? '' }))
  const { model } = resolveCompose(sources, values, { projectDirectory: directory })
  if (remembered.size >= mostRemembered) remembered.clear()
  remembered.set(key, model)
  return model
}

/** The label `config-hash`: dependencies do not count, nor what stands in a config (measured with Compose 2.40). */
export function configHash({ raw }: Service): string {
  const { depends_on: _, ...rest } = raw
  return createHash('sha256').update(JSON.stringify(rest)).digest('hex')
}

/** Services, each after those that it depends on. */
export function inOrder(model: ComposeModel, wanted: readonly string[]): readonly Service[] {
  const done = new Map<string, Service>()
  const add = (name: string) => {
    const service = model.services.get(name)
    if (service === undefined || done.has(name)) return
    for (const dependency of service.dependsOn.keys()) add(dependency)
    done.set(name, service)
  }
  for (const name of wanted) add(name)
  return [...done.values()].filter(({ name }) => wanted.includes(name))
}

/** The texts of the configs that a container of this service is made with. */
export function configTexts(model: ComposeModel, service: Service): Record<string, string> {
  return Object.fromEntries(
    service.configs.map(({ source, target }) => {
      const config = model.configs.get(source)
      const isRecord = typeof config === 'object' && config !== null && !Array.isArray(config)
      const content = isRecord && 'content' in config ? config.content : ''
      return [target, String(content)]
    }),
  )
}
