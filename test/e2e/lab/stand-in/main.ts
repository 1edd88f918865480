/**
 * Stands in for every program of the stack that cannot be had without an image registry: Tracecat's
 * own, its UI, Temporal and MinIO. What counts here is real: which credentials a service was given,
 * and whether the real PostgreSQL and Redis take them. As `watch` it is a client from outside of the stack.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { Client, serversOf } from './client.ts'
import { accountOf, withPostgres } from './postgres.ts'
import { holdPostgres, holdRedis, type Session, type Sessions } from './sessions.ts'
import { answerBuckets, ownerOf } from './storage.ts'

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
/** Where the tests ask: in the container only. */
const testsPort = 9999

/** `python -m tracecat.executor.worker` and the like name a module; the other images name a role. */
function roleOf(words: readonly string[]): string {
  const module = words.indexOf('-m')
  return (module < 0 ? words[0] : words[module + 1]) ?? 'api'
}

function say(text: string): void {
  process.stdout.write(`${role}: ${text}\n`)
}

function giveUp(text: string): never {
  say(text)
  process.exit(1)
}

/** Tracecat and Temporal need their database to start, and end where it refuses them. */
async function requirePostgres(uri: string): Promise<void> {
  const account = accountOf(uri)
  for (let tries = 0; tries < 1200; tries += 1) {
    const result = await withPostgres(account, async (query) => {
      await query('select 1')
    })
    if (result.outcome === 'ok') return
    if (result.outcome === 'refused') giveUp(result.why)
    await new Promise((proceed) => setTimeout(proceed, 100))
  }
  giveUp('PostgreSQL cannot be reached')
}

/** The backends that a release knows: `pool` went with beta.51, and an unknown one ends the executor. */
function requireBackend(): void {
  if (role !== 'tracecat.executor.worker') return
  const backend = env.TRACECAT__EXECUTOR_BACKEND ?? 'direct'
  const beta = /^1\.0\.0-beta\.(\d+)/.exec(env.STAND_IN_TAG ?? '')?.[1]
  const known = ['ephemeral', 'direct', 'test', 'auto', ...(Number(beta) >= 51 ? [] : ['pool'])]
  if (!known.includes(backend)) giveUp(`Invalid TRACECAT__EXECUTOR_BACKEND: '${backend}'`)
}

/** Health checks get ok; anything else is told what arrived, so that a test sees what the edge passes on. */
function answer(request: IncomingMessage, response: ServerResponse): void {
  const { method, url = '/', headers } = request
  response.setHeader('content-type', 'application/json')
  const healthy = /\bhealth\b/.test(url)
  response.end(JSON.stringify(healthy ? { status: 'ok' } : { service: role, method, url, headers }))
}

/** MinIO knows its owner, and has no bucket. */
function answerStorage(request: IncomingMessage, response: ServerResponse): void {
  const buckets = request.method === 'GET' && /^\/(\?|$)/.test(request.url ?? '/')
  if (!buckets || typeof owner === 'string') answer(request, response)
  else answerBuckets(request, response, owner)
}

async function answerTests(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const questions: Readonly<Record<string, () => unknown>> = {
    '/': () => client.counts,
    '/held': () => client.held(),
    '/sessions': () => sessions,
  }
  try {
    response.end(JSON.stringify(await questions[request.url ?? '/']?.()))
  } catch (error) {
    response.writeHead(500).end(String(error))
  }
}

function openSession(server: string): Session {
  const session: Session = { open: false, why: 'not open yet', answers: 0, longestWaitMs: 0 }
  sessions[server] = session
  return session
}

const owner = ownerOf(env)
const sessions: Sessions = {}
if (role === 'minio' && typeof owner === 'string') giveUp(owner)
requireBackend()
const servers = serversOf(env)
if (servers.postgres && role !== 'watch') await requirePostgres(servers.postgres)
if (role === 'alembic') process.exit(0)

for (const port of ports[role] ?? []) {
  createServer(port === 9000 ? answerStorage : answer).listen(port)
}
createServer(answerTests).listen(testsPort, '127.0.0.1')

const client = new Client(env.TRACECAT__SERVICE_NAME ?? role, servers)
client.start(env)
if (role === 'watch') {
  if (servers.postgres) holdPostgres(openSession('postgres'), accountOf(servers.postgres))
  if (servers.redis) holdRedis(openSession('redis'), servers.redis)
}
say('started')
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => process.exit(0))
