import type { Attempt } from './wire.ts'

/** Asks the stand-in for MinIO whether these are its root credentials; real ones are sent signed. */
export async function signInToStorage(
  endpoint: string,
  user: string,
  password: string,
): Promise<Attempt> {
  const credentials = Buffer.from(`${user}:${password}`).toString('base64')
  try {
    const { ok, status } = await fetch(new URL('/stand-in/sign-in', endpoint), {
      headers: { authorization: `Basic ${credentials}` },
      signal: AbortSignal.timeout(3000),
    })
    return ok ? { outcome: 'ok' } : { outcome: 'refused', why: `status ${status}` }
  } catch (error) {
    return { outcome: 'unreachable', why: String(error) }
  }
}
