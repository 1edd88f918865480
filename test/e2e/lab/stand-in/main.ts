/**
 * Stands in for every program of the stack that cannot be had without an image registry: Tracecat's
 * own, its UI, Temporal and MinIO. What counts here is real: which credentials a service was given,
 * and whether the real PostgreSQL and Redis take them.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { type Counts, keepSigningIn } from './counts.ts'
import { accountOf, signInToPostgres } from './postgres.ts'
import { signInToRedis } from './redis.ts'
import { signInToStorage } from './storage.ts'

const { env } = process
const role = roleOf(process.argv.slice(2))
const ports: Readonly<Record<string, readonly number[]>> = {
  api: [8000],
  ui: [3000],
  'tracecat.mcp': [8099],
  'tracecat.agent.litellm': [4000],
  temporal: [7233],
  'temporal-ui': [8080],
  minio: [9000, 9001],
}
/** Where the tests ask for the counts: in the container only. */
const countsPort = 9999
const counts: Counts = {}

/** `python -m tracecat.executor.worker` and the like name a module; the other images name a role. */
function roleOf(words: readonly string[]): string {
  const module = words.indexOf('-m')
  return (module < 0 ? words[0] : words[module + 1]) ?? 'api'
}

function say(text: string): void {
  process.stdout.write(`${role}: ${text}\n`)
}

function postgresUri(): string | undefined {
  if (role !== 'temporal') return env.TRACECAT__DB_URI
  const { POSTGRES_USER, POSTGRES_PWD, POSTGRES_SEEDS, DB_PORT } = env
  const account = [POSTGRES_USER, POSTGRES_PWD].map((word) => encodeURIComponent(word ?? ''))
  return `postgresql://${account.join(':')}@${POSTGRES_SEEDS}:${DB_PORT}/postgres`
}

/** Tracecat and Temporal need their database to start, and end where it refuses them. */
async function requirePostgres(uri: string): Promise<void> {
  const account = accountOf(uri)
  for (let tries = 0; tries < 1200; tries += 1) {
    const result = await signInToPostgres(account)
    if (result.outcome === 'ok') return
    if (result.outcome === 'refused' && !result.why.includes('starting up')) {
      say(result.why)
      process.exit(1)
    }
    await new Promise((proceed) => setTimeout(proceed, 100))
  }
  say('PostgreSQL cannot be reached')
  process.exit(1)
}

/** The backends that a release knows: `pool` went with beta.51, and an unknown one ends the executor. */
function requireBackend(): void {
  if (role !== 'tracecat.executor.worker') return
  const backend = env.TRACECAT__EXECUTOR_BACKEND ?? 'direct'
  const beta = /^1\.0\.0-beta\.(\d+)/.exec(env.STAND_IN_TAG ?? '')?.[1]
  const known = ['ephemeral', 'direct', 'test', 'auto', ...(Number(beta) >= 51 ? [] : ['pool'])]
  if (known.includes(backend)) return
  say(`Invalid TRACECAT__EXECUTOR_BACKEND: '${backend}'`)
  process.exit(1)
}

/** Health checks get ok; anything else is told what arrived, so that a test sees what the edge passes on. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '/', headers } = request
  if (role === 'minio' && url === '/stand-in/sign-in') {
    const root = Buffer.from(`${env.MINIO_ROOT_USER}:${env.MINIO_ROOT_PASSWORD}`).toString('base64')
    response.statusCode = headers.authorization === `Basic ${root}` ? 200 : 403
  }
  response.setHeader('content-type', 'application/json')
  const healthy = /\bhealth\b/.test(url)
  response.end(JSON.stringify(healthy ? { status: 'ok' } : { service: role, method, url, headers }))
}

requireBackend()
const uri = postgresUri()
if (uri) await requirePostgres(uri)
if (role === 'alembic') process.exit(0)

for (const port of ports[role] ?? []) createServer(answer).listen(port)
createServer((_, response) => response.end(JSON.stringify(counts))).listen(countsPort, '127.0.0.1')

if (uri) keepSigningIn(counts, 'postgres', () => signInToPostgres(accountOf(uri)))
const redis = env.REDIS_URL
if (redis) keepSigningIn(counts, 'redis', () => signInToRedis(redis))
const storage = env.TRACECAT__BLOB_STORAGE_ENDPOINT
if (storage) {
  const user = env.AWS_ACCESS_KEY_ID ?? env.MINIO_ROOT_USER ?? ''
  const password = env.AWS_SECRET_ACCESS_KEY ?? env.MINIO_ROOT_PASSWORD ?? ''
  keepSigningIn(counts, 'storage', () => signInToStorage(storage, user, password))
}
say('started')
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))
