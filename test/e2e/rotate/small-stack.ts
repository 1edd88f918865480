import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const folders: string[] = []

/** Removes what `smallStack` has made. */
export function removeSmallStacks(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
}

/**
 * A Tracecat of two clients, a PostgreSQL and a Redis that demands its password, in a new folder: small
 * enough that a rotation takes seconds.
 * @param parent where the folder is made
 */
export function smallStack(parent = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'tracecat-small-'))
  folders.push(folder)
  writeFileSync(join(folder, 'docker-compose.yml'), compose)
  const env = envOf(basename(folder).toLowerCase())
  writeFileSync(join(folder, '.env'), env, { mode: 0o600 })
  return folder
}

/** The value of a variable whose line is plain. */
export function valueIn(text: string, name: string): string {
  const value = new RegExp(`^${name}=(.*)$`, 'm').exec(text)?.[1]
  if (value === undefined) throw new Error(`${name} is not in .env`)
  return value
}

export function envText(dir: string): string {
  return readFileSync(join(dir, '.env'), 'utf8')
}

const compose = `
x-client: &client
  image: ghcr.io/tracecathq/tracecat:\${TRACECAT__IMAGE_TAG:-1.0.0-beta.51}
  restart: unless-stopped
  stop_grace_period: 2s
  networks: [core]
  environment:
    TRACECAT__DB_URI: \${TRACECAT__DB_URI}
    REDIS_URL: \${REDIS_URL}
    TRACECAT__SERVICE_KEY: \${TRACECAT__SERVICE_KEY}
    TRACECAT__DB_ENCRYPTION_KEY: \${TRACECAT__DB_ENCRYPTION_KEY}
  depends_on:
    postgres_db: { condition: service_healthy }
    redis: { condition: service_healthy }
  healthcheck: &often
    test: ["CMD", "curl", "-fsS", "http://127.0.0.1:9999/"]
    interval: 1s
    timeout: 5s
    retries: 30

services:
  api:
    <<: *client
  worker:
    <<: *client
    command: ["python", "-m", "tracecat.dsl.worker"]
  postgres_db:
    image: postgres:16
    restart: unless-stopped
    networks: [core]
    environment:
      POSTGRES_USER: \${TRACECAT__POSTGRES_USER}
      POSTGRES_PASSWORD: \${TRACECAT__POSTGRES_PASSWORD}
    volumes: ["core-db:/var/lib/postgresql/data"]
    healthcheck:
      <<: *often
      test: ["CMD-SHELL", "pg_isready -U $\${POSTGRES_USER} -d postgres"]
  redis:
    image: redis:7-alpine
    restart: unless-stopped
    command: ["redis-server", "/settings", "--appendonly", "yes"]
    networks: [core]
    environment:
      REDISCLI_AUTH: \${REDIS_PASSWORD}
    configs:
      - { source: settings, target: /settings }
    volumes: ["redis-data:/data"]
    healthcheck:
      <<: *often
      test: ["CMD-SHELL", "redis-cli ping | grep -q PONG"]

configs:
  settings:
    content: |
      requirepass \${REDIS_PASSWORD}

networks:
  core:

volumes:
  core-db:
  redis-data:
`

function envOf(project: string): string {
  return `# A small stack.
COMPOSE_PROJECT_NAME=${project}
TRACECAT__IMAGE_TAG=1.0.0-beta.51
TRACECAT__DB_ENCRYPTION_KEY=SeXKnaIzaHOSxqwVo5ydHwDbb7DxSeq2Ys1vLhIxNUM=
TRACECAT__SERVICE_KEY=first-service-key-of-this-small-stack
TRACECAT__POSTGRES_USER=postgres
TRACECAT__POSTGRES_PASSWORD=first-password-of-postgres
TRACECAT__DB_URI=postgresql+psycopg://\${TRACECAT__POSTGRES_USER}:\${TRACECAT__POSTGRES_PASSWORD}@postgres_db:5432/postgres
REDIS_PASSWORD=first-password-of-redis
REDIS_URL=redis://:\${REDIS_PASSWORD}@redis:6379
`
}
