import { type Attempt, attempt, Refused, type Wire } from './wire.ts'

/** An answer, with numbers as text; an array's elements are never arrays here. */
type Reply = string | undefined | readonly (string | undefined)[]

export type Command = (...words: string[]) => Promise<Reply>

/** AUTH as far as the URL has credentials, then a dialogue in commands. */
export function withRedis(
  url: string,
  dialogue: (command: Command) => Promise<void>,
  silenceMs?: number,
): Promise<Attempt> {
  const { hostname, port, username, password } = new URL(url)
  const credentials = [username, password].filter(Boolean).map(decodeURIComponent)
  const session = async (wire: Wire): Promise<void> => {
    const command: Command = (...words) => ask(wire, words)
    if (credentials.length > 0) await command('AUTH', ...credentials)
    await dialogue(command)
  }
  return attempt(hostname, Number(port || 6379), session, silenceMs)
}

async function ask(wire: Wire, words: readonly string[]): Promise<Reply> {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  wire.send(Buffer.from(`*${words.length}\r\n${parts.join('')}`))
  const line = await wire.readLine()
  if (!line.startsWith('*')) return await one(wire, line)
  const elements: (string | undefined)[] = []
  for (let left = Number(line.slice(1)); left > 0; left -= 1) {
    elements.push(await one(wire, await wire.readLine()))
  }
  return elements
}

async function one(wire: Wire, line: string): Promise<string | undefined> {
  const rest = line.slice(1)
  if (line.startsWith('$')) {
    if (rest === '-1') return undefined
    const bytes = await wire.read(Number(rest) + 2)
    return bytes.toString('utf8', 0, bytes.length - 2)
  }
  // A server that still loads its data says no to everybody: that is no refusal of ours.
  if (line.startsWith('-')) throw rest.startsWith('LOADING ') ? new Error(rest) : new Refused(rest)
  return rest
}
