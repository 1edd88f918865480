import { cpSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { InitOptions } from '../../src/commands/init/options.ts'

const example = new URL('../../templates/example/', import.meta.url).pathname

/** The example install in a folder of the test's own. */
export function layDown(folder: string, change: (env: string) => string = (env) => env): string {
  for (const name of ['docker-compose.yml', 'Caddyfile'])
    cpSync(join(example, name), join(folder, name))
  writeFileSync(join(folder, '.env'), change(readFileSync(join(example, 'dot-env'), 'utf8')), {
    mode: 0o600,
  })
  return folder
}

/** Secrets of the right form, so that nothing has to be generated and two runs write the same bytes. */
export function withSecrets(env: string): string {
  const values: Readonly<Record<string, string>> = {
    TRACECAT__DB_ENCRYPTION_KEY: 'mK0PDK7FcWJkxTbsYDgnoxaVIeoESKq1WBzvAbHVsFY=',
    TRACECAT__SERVICE_KEY: 'a3Jx8vQ2mN5pR7tW9yB4cD6fG1hK0lZs',
    TRACECAT__SIGNING_SECRET: 'b4Ky9wR3nP6qS8uX0zC5dE7gH2jL1mAt',
    USER_AUTH_SECRET: 'c5Lz0xS4oQ7rT9vY1aD6eF8hJ3kM2nBu',
    TRACECAT__POSTGRES_PASSWORD: 'd6Ma1yT5pR8sU0wZ2bE7fG9iK4lN3oCv',
    TEMPORAL__POSTGRES_PASSWORD: 'e7Nb2zU6qS9tV1xA3cF8gH0jL5mO4pDw',
    MINIO_ROOT_USER: 'f8Oc3aV7rT0u',
    MINIO_ROOT_PASSWORD: 'g9Pd4bW8sU1vX3zC5eH0iJ2lN7oQ6rFy',
  }
  const set = Object.entries(values).reduce(
    (text, [name, value]) => text.replace(new RegExp(`^${name}=.*$`, 'm'), `${name}=${value}`),
    env,
  )
  return `${set.trimEnd()}\nREDIS_PASSWORD=h0Qe5cX9tV2wY4aD6fI1jK3mO8pR7sGz\n`
}

/** Every file of a folder with its content and mode, the backups left out. */
export function snapshot(folder: string): Readonly<Record<string, string>> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  )
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort()
  return Object.fromEntries(
    paths
      .filter((path) => !path.includes('/backups/'))
      .map((path) => [
        path.slice(folder.length + 1),
        `${(statSync(path).mode & 0o777).toString(8)} ${readFileSync(path, 'utf8')}`,
      ]),
  )
}

export function options(directory: string, more: Partial<InitOptions> = {}): InitOptions {
  return {
    directory,
    answers: undefined,
    set: [],
    yes: false,
    dryRun: false,
    offline: true,
    fresh: false,
    tracecatVersion: undefined,
    from: undefined,
    upstream: undefined,
    json: false,
    verbose: false,
    ...more,
  }
}
