import type { Report } from './stand-in/report.ts'
import type { Held } from './stand-in/writes.ts'

/** Services that between them can read what every client has written. */
const readers = ['api', 'temporal']

/**
 * Compares what clients had acknowledged with what the servers hold.
 * @param ask what a service finds in its servers, by server
 */
export async function lostWrites(
  reports: readonly Report[],
  ask: (service: string) => Promise<unknown>,
): Promise<string[]> {
  const finds: Record<string, Held>[] = []
  for (const service of readers) finds.push((await ask(service)) as Record<string, Held>)
  const lost: string[] = []
  for (const { client, counts } of reports) {
    for (const [server, { acknowledged }] of Object.entries(counts)) {
      const held = Math.max(0, ...finds.map((find) => find[server]?.[client] ?? 0))
      if (held < acknowledged) {
        lost.push(`${server} acknowledged ${acknowledged} writes of ${client} and holds ${held}`)
      }
    }
  }
  return lost
}
