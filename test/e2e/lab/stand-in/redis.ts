import { type Attempt, attempt, Refused, type Wire } from './wire.ts'

/** AUTH as far as the URL has credentials, then PING. */
export function signInToRedis(url: string): Promise<Attempt> {
  const { hostname, port, username, password } = new URL(url)
  const credentials = [username, password].filter(Boolean).map(decodeURIComponent)
  return attempt(hostname, Number(port || 6379), async (wire) => {
    if (credentials.length > 0) await ask(wire, 'AUTH', ...credentials)
    await ask(wire, 'PING')
  })
}

async function ask(wire: Wire, ...words: string[]): Promise<void> {
  const parts = words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
  wire.send(Buffer.from(`*${words.length}\r\n${parts.join('')}`))
  const answer = (await wire.readLine()).trim()
  if (answer.startsWith('-')) throw new Refused(answer.slice(1))
}
