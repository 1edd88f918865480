import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { type Attempt, attempt, Refused, type Wire } from './wire.ts'

export interface PostgresAccount {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** `postgresql+psycopg://user:password@host:port/database`, as TRACECAT__DB_URI has it. */
export function accountOf(uri: string): PostgresAccount {
  const { hostname, port, username, password, pathname } = new URL(uri)
  return {
    host: hostname,
    port: Number(port || 5432),
    user: decodeURIComponent(username),
    password: decodeURIComponent(password),
    database: decodeURIComponent(pathname.slice(1)),
  }
}

/** Signs in over the network with SCRAM-SHA-256 and asks one question, as a driver does. */
export function signInToPostgres(account: PostgresAccount): Promise<Attempt> {
  return attempt(account.host, account.port, async (wire) => {
    const parameters = ['user', account.user, 'database', account.database, '', ''].join('\0')
    const startup = Buffer.concat([int32(196_608), Buffer.from(parameters)])
    wire.send(Buffer.concat([int32(startup.length + 4), startup]))
    await authenticate(wire, account)
    wire.send(message('Q', Buffer.from('select 1\0')))
    while ((await next(wire)).type !== 'Z');
    wire.send(message('X', Buffer.alloc(0)))
  })
}

async function authenticate(wire: Wire, account: PostgresAccount): Promise<void> {
  const nonce = randomBytes(18).toString('base64')
  const clientFirst = `n=,r=${nonce}`
  for (;;) {
    const { type, body } = await next(wire)
    if (type === 'Z') return
    if (type !== 'R') continue
    const kind = body.readInt32BE(0)
    if (kind === 10) {
      const text = Buffer.from(`n,,${clientFirst}`)
      const mechanism = Buffer.from('SCRAM-SHA-256\0')
      wire.send(message('p', Buffer.concat([mechanism, int32(text.length), text])))
    } else if (kind === 11) {
      const serverFirst = body.subarray(4).toString()
      wire.send(message('p', Buffer.from(proofMessage(account.password, clientFirst, serverFirst))))
    } else if (kind !== 12 && kind !== 0) {
      throw new Error(`authentication method ${kind} is not known here`)
    }
  }
}

/** RFC 5802, section 3. */
function proofMessage(password: string, clientFirst: string, serverFirst: string): string {
  const [, nonce = '', salt = '', iterations = ''] =
    /^r=([^,]+),s=([^,]+),i=(\d+)/.exec(serverFirst) ?? []
  const withoutProof = `c=biws,r=${nonce}`
  const clientKey = hmac(saltedPassword(password, salt, Number(iterations)), 'Client Key')
  const storedKey = createHash('sha256').update(clientKey).digest()
  const signature = hmac(storedKey, `${clientFirst},${serverFirst},${withoutProof}`)
  const proof = Buffer.from(clientKey.map((byte, index) => byte ^ (signature[index] ?? 0)))
  return `${withoutProof},p=${proof.toString('base64')}`
}

const salted = new Map<string, Buffer>()

/** Kept, as ten sign-ins a second from a dozen services would else keep the processor busy. */
function saltedPassword(password: string, salt: string, iterations: number): Buffer {
  const key = JSON.stringify([password, salt, iterations])
  const known = salted.get(key)
  if (known) return known
  const made = pbkdf2Sync(password, Buffer.from(salt, 'base64'), iterations, 32, 'sha256')
  salted.set(key, made)
  return made
}

async function next(wire: Wire): Promise<{ type: string; body: Buffer }> {
  const head = await wire.read(5)
  const body = await readBody(wire, head.readInt32BE(1) - 4)
  const type = String.fromCharCode(head[0] ?? 0)
  if (type === 'E') throw new Refused(errorText(body))
  return { type, body }
}

/** A message may be empty, and nothing is waited for then. */
async function readBody(wire: Wire, length: number): Promise<Buffer> {
  return length > 0 ? wire.read(length) : Buffer.alloc(0)
}

/** Field M of an error: what a person is told. */
function errorText(body: Buffer): string {
  const fields = body.toString().split('\0')
  return fields.find((field) => field.startsWith('M'))?.slice(1) ?? 'refused'
}

function message(type: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
