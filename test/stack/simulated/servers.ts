import { presignedGet } from '../../../src/live/s3-signature.ts'
import { Secret } from '../../../src/secrets/secret.ts'
import { redisTakes, verifies } from './credentials.ts'
import type { HostState, SimulatedContainer } from './state.ts'

/** What a program that ran in a container printed. */
export interface Output {
  readonly exitCode?: number
  readonly stdout?: string
  readonly stderr?: string
}

/** `psql` over the container's own socket, which trusts everybody. */
export function psqlOverSocket(
  state: HostState,
  { service }: SimulatedContainer,
  env: Readonly<Record<string, string | undefined>>,
  sql: string,
): Output {
  const database = state.databases[service]
  const role = env.PGUSER ?? ''
  if (database?.verifiers[role] === undefined) {
    const stderr = `psql: error: connection to server on socket "/var/run/postgresql/.s.PGSQL.5432" failed: FATAL:  role "${role}" does not exist\n`
    return { exitCode: 2, stderr }
  }
  if (sql.includes('SHOW is_superuser'))
    return { stdout: role === database.superuser ? 'on\n' : 'off\n' }
  const asked = /WHERE rolname = '([^']*)'/.exec(sql)?.[1]
  if (asked !== undefined) {
    const verifier = database.verifiers[asked]
    return { stdout: verifier === undefined ? '' : `found|${verifier}\n` }
  }
  const [, altered = '', verifier = ''] =
    /ALTER ROLE "([^"]*)" PASSWORD '(SCRAM-SHA-256[^']*)'/.exec(sql) ?? []
  if (verifier === '') throw new Error(`No SQL that this PostgreSQL knows: ${sql}`)
  if (state.faults.refuseAlter?.includes(service) === true)
    return { exitCode: 3, stderr: 'ERROR:  cannot execute ALTER ROLE in a read-only transaction\n' }
  if (state.faults.deafToNewPasswords?.includes(service) === true) return {}
  database.verifiers[altered] = verifier
  return {}
}

/** `psql` over the network from another container: the password counts. */
export function psqlOverNetwork(
  state: HostState,
  env: Readonly<Record<string, string | undefined>>,
): Output {
  const { PGHOST: host = '', PGUSER: role = '', PGPASSWORD: password = '' } = env
  const at = `connection to server at "${host}" (172.18.0.2), port 5432 failed:`
  const server = state.containers.find((one) => one.service === host)
  if (server?.state !== 'running')
    return { exitCode: 2, stderr: `psql: error: ${at} timeout expired\n` }
  const verifier = state.databases[host]?.verifiers[role]
  return verifier !== undefined && verifies(password, verifier, role)
    ? { stdout: '1\n' }
    : {
        exitCode: 2,
        stderr: `psql: error: ${at} FATAL:  password authentication failed for user "${role}"\n`,
      }
}

/** `redis-cli` with commands on standard input. It exits 0 whatever Redis answers. */
export function redisCli(
  state: HostState,
  env: Readonly<Record<string, string | undefined>>,
  stdin: string,
): Output {
  const { redis } = state
  let trusted = redis.passwords.length === 0 || redisTakes(state, env.REDISCLI_AUTH ?? '')
  const answer = ([command = '', ...words]: readonly string[]): string => {
    if (command === 'AUTH') {
      if (redis.passwords.length === 0)
        return 'ERR AUTH <password> called without any password configured for the default user.'
      trusted ||= redisTakes(state, words[0] ?? '')
      return redisTakes(state, words[0] ?? '') ? 'OK' : 'WRONGPASS invalid username-password pair'
    }
    if (!trusted) return 'NOAUTH Authentication required.'
    if (command === 'PING') return 'PONG'
    if (command === 'INFO') return infoOf(redis.appends)
    if (command === 'CONFIG' && words[0] === 'GET')
      return `appendonly\n${redis.appends ? 'yes' : 'no'}`
    if (command === 'CONFIG' && words.join(' ') === 'SET appendonly yes') {
      redis.appends = true
      redis.inFile = redis.written
      return 'OK'
    }
    if (command === 'ACL' && words[0] === 'SETUSER') return setUser(redis, words[2] ?? '')
    throw new Error(`No command that this Redis knows: ${[command, ...words].join(' ')}`)
  }
  const lines = stdin.split('\n').filter((line) => line !== '')
  return { stdout: lines.map((line) => `${answer(wordsOf(line))}\n`).join('') }
}

function setUser(redis: HostState['redis'], modifier: string): string {
  const password = modifier.slice(1)
  if (modifier.startsWith('>')) {
    if (!redis.passwords.includes(password)) redis.passwords.push(password)
    return 'OK'
  }
  if (!redis.passwords.includes(password)) {
    return `ERR Error in ACL SETUSER modifier '${modifier}': The password you are trying to remove from the user does not exist`
  }
  redis.passwords = redis.passwords.filter((one) => one !== password)
  return 'OK'
}

function infoOf(appends: boolean): string {
  return [
    `aof_enabled:${appends ? 1 : 0}`,
    'aof_rewrite_in_progress:0',
    'aof_rewrite_scheduled:0',
    'aof_last_bgrewrite_status:ok',
    'aof_last_write_status:ok',
  ].join('\r\n')
}

function wordsOf(line: string): readonly string[] {
  return [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, word = '']) =>
    word.replace(/\\x([0-9a-f]{2})/g, (_, byte) => String.fromCharCode(Number.parseInt(byte, 16))),
  )
}

/** `curl` with a presigned URL on standard input, sent to MinIO. */
export function curl(state: HostState, stdin: string): Output {
  const minio = state.containers.find((one) => one.service === 'minio')
  if (minio?.state !== 'running')
    return {
      exitCode: 7,
      stderr: 'curl: (7) Failed to connect to minio port 9000\n',
      stdout: '\n000',
    }
  const url = new URL(/url = "([^"]*)"/.exec(stdin)?.[1] ?? '')
  const time = url.searchParams.get('X-Amz-Date') ?? ''
  const iso = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  if (Math.abs(Date.parse(iso) - state.now) > 15 * 60_000)
    return { stdout: '<Error><Code>RequestTimeTooSkewed</Code></Error>\n403' }
  const expected = presignedGet(new URL('http://minio:9000/'), {
    user: minio.environment.MINIO_ROOT_USER ?? '',
    password: new Secret(minio.environment.MINIO_ROOT_PASSWORD ?? ''),
    region: 'us-east-1',
    now: new Date(iso),
    lifetimeSeconds: Number(url.searchParams.get('X-Amz-Expires')),
  })
  return expected.href === url.href && state.faults.refuseMinio !== true
    ? { stdout: '<ListAllMyBucketsResult/>\n200' }
    : { stdout: '<Error><Code>SignatureDoesNotMatch</Code></Error>\n403' }
}
