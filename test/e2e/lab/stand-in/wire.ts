import { connect } from 'node:net'

/** How one attempt ended: with the server's own words where it said no, or with what broke. */
export type Attempt =
  | { readonly outcome: 'ok' }
  | { readonly outcome: 'refused'; readonly why: string }
  | { readonly outcome: 'unreachable'; readonly why: string }

/** The two directions of a connection, for a dialogue written as plain awaits. */
export interface Wire {
  send(bytes: Uint8Array): void
  /** Exactly so many bytes; throws where the other side closes before. */
  read(length: number): Promise<Buffer>
  /** Up to the next line break, which is not part of the answer. */
  readLine(): Promise<string>
}

/** What the server said instead of letting us in, or of doing what it was asked. */
export class Refused extends Error {}

/**
 * Connects, holds a dialogue, and closes. A dialogue that throws `Refused` was answered with no.
 * @param silenceMs how long the server may say nothing before it counts as unreachable
 */
export function attempt(
  host: string,
  port: number,
  dialogue: (wire: Wire) => Promise<void>,
  silenceMs = 3000,
): Promise<Attempt> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    let received = Buffer.alloc(0)
    let wake = (): void => {}
    let broken: Error | undefined

    const end = (result: Attempt): void => {
      socket.destroy()
      resolve(result)
    }
    const breakOff = (error: Error): void => {
      broken ??= error
      wake()
      if (socket.connecting) end({ outcome: 'unreachable', why: error.message })
    }
    const taken = async (enough: () => number): Promise<Buffer> => {
      for (let length = enough(); ; length = enough()) {
        if (length > 0) {
          const part = received.subarray(0, length)
          received = received.subarray(length)
          return part
        }
        if (broken) throw broken
        await new Promise<void>((proceed) => {
          wake = proceed
        })
      }
    }
    const wire: Wire = {
      send: (bytes) => socket.write(bytes),
      read: async (length) =>
        length === 0 ? Buffer.alloc(0) : taken(() => (received.length >= length ? length : 0)),
      readLine: async () =>
        (await taken(() => received.indexOf('\n') + 1)).toString().replace(/\r?\n$/, ''),
    }

    socket.setTimeout(silenceMs, () => breakOff(new Error('no answer in time')))
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes])
      wake()
    })
    socket.on('close', () => breakOff(new Error('connection closed')))
    socket.on('error', (error) => {
      breakOff(error)
      end({ outcome: 'unreachable', why: error.message })
    })
    socket.on('connect', () => {
      dialogue(wire).then(
        () => end({ outcome: 'ok' }),
        (error: Error) =>
          end({
            outcome: error instanceof Refused ? 'refused' : 'unreachable',
            why: error.message,
          }),
      )
    })
  })
}
