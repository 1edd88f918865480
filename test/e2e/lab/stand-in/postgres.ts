import { randomBytes } from 'node:crypto'
import { proofMessage } from './scram.ts'
import { type Attempt, attempt, Refused, type Wire } from './wire.ts'

export interface PostgresAccount {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
}

/** Sends SQL, which may be several statements in one transaction, and gives all rows of all answers. */
export type Query = (sql: string) => Promise<readonly (readonly string[])[]>

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

/** Signs in over the network with SCRAM-SHA-256, as a driver does, and holds a dialogue in SQL. */
export function withPostgres(
  account: PostgresAccount,
  dialogue: (query: Query) => Promise<void>,
  silenceMs?: number,
): Promise<Attempt> {
  const session = async (wire: Wire): Promise<void> => {
    const parameters = ['user', account.user, 'database', account.database, '', ''].join('\0')
    const startup = Buffer.concat([int32(196_608), Buffer.from(parameters)])
    wire.send(Buffer.concat([int32(startup.length + 4), startup]))
    await authenticate(wire, account)
    await dialogue((sql) => query(wire, sql))
    wire.send(message('X', Buffer.alloc(0)))
  }
  return attempt(account.host, account.port, session, silenceMs)
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

async function query(wire: Wire, sql: string): Promise<string[][]> {
  wire.send(message('Q', Buffer.from(`${sql}\0`)))
  const rows: string[][] = []
  for (;;) {
    const { type, body } = await next(wire)
    if (type === 'Z') return rows
    if (type === 'D') rows.push(columns(body))
  }
}

/** A row of data: the number of columns, then each with its length, which is -1 for null. */
function columns(body: Buffer): string[] {
  const texts: string[] = []
  let at = 2
  for (let left = body.readInt16BE(0); left > 0; left -= 1) {
    const length = Math.max(body.readInt32BE(at), 0)
    texts.push(body.toString('utf8', at + 4, at + 4 + length))
    at += 4 + length
  }
  return texts
}

async function next(wire: Wire): Promise<{ type: string; body: Buffer }> {
  const head = await wire.read(5)
  const body = await wire.read(head.readInt32BE(1) - 4)
  const type = String.fromCharCode(head[0] ?? 0)
  if (type === 'E') throw errorOf(body)
  return { type, body }
}

/** A server that starts or ends says no to everybody (class 57P): that is no refusal of ours. */
function errorOf(body: Buffer): Error {
  const fields = body.toString().split('\0')
  const field = (letter: string) => fields.find((text) => text.startsWith(letter))?.slice(1) ?? ''
  return field('C').startsWith('57P') ? new Error(field('M')) : new Refused(field('M'))
}

function message(type: string, body: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from(type), int32(body.length + 4), body])
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(value)
  return bytes
}
