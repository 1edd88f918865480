import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { Lab } from '../lab/lab.ts'
import { envText, valueIn } from './small-stack.ts'

/** Every value that a secret has in `.env`, in what waits to replace it, and in the backups. */
export function everyValue(dir: string, name: string): Set<string> {
  const files = readdirSync(dir)
    .filter((file) => file.startsWith('.env'))
    .map((file) => join(dir, file))
  const backups = join(dir, '.tracecat-harden/backups')
  const ids = existsSync(backups) ? readdirSync(backups) : []
  const texts = [...files, ...ids.map((id) => join(backups, id, 'files/.env'))]
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
  return new Set(texts.map((text) => valueIn(text, name)))
}

/**
 * What is not as it has to be when no rotation is under way: `.env`, servers and containers, all in one.
 * @param ended passwords that may open nothing any more
 */
export async function disagreements(
  lab: Lab,
  dir: string,
  ended: readonly string[],
): Promise<readonly string[]> {
  const text = envText(dir)
  const postgres = valueIn(text, 'TRACECAT__POSTGRES_PASSWORD')
  const redis = valueIn(text, 'REDIS_PASSWORD')
  const old = ended.filter((password) => password !== postgres && password !== redis)
  const found: string[] = leftovers(dir)
  const takes = {
    postgres: await postgresTakes(lab, dir, [postgres, ...old]),
    redis: await redisTakes(lab, dir, [redis, ...old]),
  }
  for (const [server, [own, ...others]] of Object.entries(takes)) {
    if (own !== true) found.push(`${server} refuses the password of .env`)
    if (others.includes(true)) found.push(`${server} takes an old password`)
  }
  for (const service of await lab.unwell(dir)) found.push(`${service} is not well`)
  const inRedis = (await environmentOf(lab, dir, 'redis')).get('REDISCLI_AUTH')
  if (inRedis !== redis) found.push('the container of redis has another password than .env')
  for (const client of ['api', 'worker']) {
    const environment = await environmentOf(lab, dir, client)
    const uris = [environment.get('TRACECAT__DB_URI'), environment.get('REDIS_URL')]
    if (uris[0]?.includes(`:${postgres}@`) !== true) found.push(`${client}: not this database URI`)
    if (uris[1]?.includes(`:${redis}@`) !== true) found.push(`${client}: not this Redis URL`)
    found.push(...(await refusals(lab, dir, client)))
  }
  return found
}

/** What only a run that is under way has beside the install's files. */
export function leftovers(dir: string): string[] {
  const state = join(dir, '.tracecat-harden')
  const inState = existsSync(state) ? readdirSync(state) : []
  return [
    ...readdirSync(dir).filter((name) => /\.tracecat-harden-/.test(name)),
    ...inState.filter((name) => /^(?:journal|lock)/.test(name)),
  ].map((name) => `${name} was left behind`)
}

/** Does PostgreSQL take each of these, over the network, from another container? */
export async function postgresTakes(
  lab: Lab,
  dir: string,
  passwords: readonly string[],
): Promise<readonly boolean[]> {
  const container = await idOf(lab, dir, 'postgres_db')
  const facts = '{{.Image}} {{range $name, $_ := .NetworkSettings.Networks}}{{$name}}{{end}}'
  const inspected = await lab.docker(['inspect', '--format', facts, container])
  const [image = '', network = ''] = inspected.stdout.trim().split(' ')
  const ask = 'PGPASSWORD=$one psql -h postgres_db -U postgres -d postgres -Atc "select 1"'
  const { stdout } = await lab.docker([
    ...['run', '--rm', '--network', network, '--entrypoint', 'sh', image, '-c'],
    `for one in "$@"; do ${ask} 2>/dev/null || echo no; done`,
    ...['sh', ...passwords],
  ])
  return stdout.split('\n').map((line) => line === '1')
}

async function redisTakes(
  lab: Lab,
  dir: string,
  passwords: readonly string[],
): Promise<readonly boolean[]> {
  const ask =
    'for one in "$@"; do REDISCLI_AUTH=$one redis-cli -h redis PING 2>&1 | tail -n 1; done'
  const { stdout } = await lab.compose(dir, [
    ...['exec', '-T', 'redis', 'sh', '-c', ask, 'sh'],
    ...passwords,
  ])
  return stdout.split('\n').map((line) => line === 'PONG')
}

async function environmentOf(
  lab: Lab,
  dir: string,
  service: string,
): Promise<ReadonlyMap<string, string>> {
  const id = await idOf(lab, dir, service)
  const { stdout } = await lab.docker(['inspect', '--format', '{{json .Config.Env}}', id])
  return new Map(
    (JSON.parse(stdout) as string[]).map((line) => {
      const at = line.indexOf('=')
      return [line.slice(0, at), line.slice(at + 1)] as const
    }),
  )
}

async function idOf(lab: Lab, dir: string, service: string): Promise<string> {
  const { stdout } = await lab.compose(dir, ['ps', '--all', '--quiet', service])
  const ids = stdout.split('\n').filter(Boolean)
  if (ids.length !== 1) throw new Error(`${service} has ${ids.length} containers`)
  return ids[0] ?? ''
}

/** Since its container was started, a client must have got in everywhere, and have been refused nowhere. */
async function refusals(lab: Lab, dir: string, client: string): Promise<readonly string[]> {
  if (lab.real) return []
  for (const end = Date.now() + 10_000; ; await pause(200)) {
    const counts = Object.entries(await lab.counts(dir, client))
    if (Date.now() < end && counts.some(([, { ok }]) => ok === 0)) continue
    return counts.flatMap(([server, { ok, refused, last }]) => [
      ...(ok > 0 ? [] : [`${client} never got into ${server}: ${last}`]),
      ...(refused === 0 ? [] : [`${client} was refused by ${server} ${refused} times: ${last}`]),
    ])
  }
}

/**
 * The same for a whole stack, as far as its containers tell.
 * @param ended values that no container may have any more, but for a database's: it has its first password
 *   for an empty volume only
 */
export async function stackDisagreements(
  lab: Lab,
  dir: string,
  ended: readonly string[],
): Promise<readonly string[]> {
  const found = leftovers(dir)
  for (const service of await lab.unwell(dir)) found.push(`${service} is not well`)
  const clients: string[] = []
  for (const service of (await lab.services(dir)).keys()) {
    const environment = await environmentOf(lab, dir, service)
    if (environment.has('TRACECAT__DB_URI') && service !== 'migrations') clients.push(service)
    for (const [name, value] of environment) {
      const isFirst = name === 'POSTGRES_PASSWORD'
      if (!isFirst && ended.some((one) => value.includes(one)))
        found.push(`${service} has an old value in ${name}`)
    }
  }
  if (!lab.real) found.push(...(await refusedNow(lab, dir, [...clients, 'temporal'])))
  return found
}

/** From now on, every client gets in everywhere: at once where all is well, else within 20 s. */
async function refusedNow(lab: Lab, dir: string, clients: readonly string[]): Promise<string[]> {
  const look = async () => await Promise.all(clients.map((client) => lab.counts(dir, client)))
  const before = await look()
  for (const end = Date.now() + 20_000; ; ) {
    await pause(1_000)
    const after = await look()
    const found: string[] = []
    for (const [index, client] of clients.entries()) {
      for (const [server, now] of Object.entries(after[index] ?? {})) {
        const then = before[index]?.[server]
        const fares = `${client} at ${server}: ${now.last}`
        const host = /getaddrinfo ENOTFOUND (\S+)/.exec(now.last)?.[1]
        // The executor of 0.53 shares no network with Redis.
        if (host !== undefined && !(await shareNetwork(lab, dir, client, host))) continue
        if (now.refused !== then?.refused) found.push(`refused: ${fares}`)
        else if (now.ok <= then.ok) found.push(`does not get in: ${fares}`)
      }
    }
    if (found.length === 0 || Date.now() > end) return found
  }
}

async function shareNetwork(lab: Lab, dir: string, one: string, other: string): Promise<boolean> {
  const networks = async (service: string) => {
    const format = '{{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}'
    const id = await idOf(lab, dir, service)
    const { stdout } = await lab.docker(['inspect', '--format', format, id])
    return stdout.split(' ').filter((name) => name.trim() !== '')
  }
  const others = await networks(other)
  return (await networks(one)).some((name) => others.includes(name))
}
