/**
 * What each client writes into the servers: the numbers 1, 2, 3, and so on, each only after the one before
 * was acknowledged, and again until it is. So a number that is missing below an acknowledged one was lost.
 */
import type { Query } from './postgres.ts'
import type { Command } from './redis.ts'

/** By client: the writes 1 to this are all there. */
export type Held = Record<string, number>

/** All clients want the table at once, and `if not exists` is no protection from that. */
const createTable = `
  select pg_advisory_xact_lock(hashtext('stand_in_writes'));
  create table if not exists stand_in_writes (client text, number int, primary key (client, number))`

/** Writes a number, and reads it back; creates the table for it first where this is the first number. */
export async function writeToPostgres(query: Query, client: string, number: number): Promise<void> {
  if (number === 1) await query(createTable)
  const rows = await query(`
    insert into stand_in_writes values ('${client}', ${number}) on conflict do nothing;
    select number from stand_in_writes where client = '${client}' and number = ${number}`)
  if (rows[0]?.[0] !== String(number)) throw new Error(`${number} was written and is not there`)
}

export async function writeToRedis(
  command: Command,
  client: string,
  number: number,
): Promise<void> {
  const text = String(number)
  await command('ZADD', `${keyPrefix}${client}`, text, text)
  const score = await command('ZSCORE', `${keyPrefix}${client}`, text)
  if (score !== text) throw new Error(`${number} was written and is not there`)
}

export async function heldByPostgres(query: Query): Promise<Held> {
  const held: Held = {}
  const rows = await query('select client, number from stand_in_writes order by client, number')
  for (const [client = '', number] of rows) countOn(held, client, Number(number))
  return held
}

export async function heldByRedis(command: Command): Promise<Held> {
  const held: Held = {}
  for (const key of await list(command, 'KEYS', `${keyPrefix}*`)) {
    const client = key.slice(keyPrefix.length)
    for (const number of await list(command, 'ZRANGE', key, '0', '-1')) {
      countOn(held, client, Number(number))
    }
  }
  return held
}

const keyPrefix = 'stand-in:writes:'

function countOn(held: Held, client: string, number: number): void {
  const before = held[client] ?? 0
  held[client] = number === before + 1 ? number : before
}

async function list(command: Command, ...words: string[]): Promise<string[]> {
  const reply = await command(...words)
  return Array.isArray(reply) ? reply : []
}
