import { createHash, createHmac, pbkdf2Sync } from 'node:crypto'

/** The client's last word in SCRAM-SHA-256: RFC 5802, section 3. */
export function proofMessage(password: string, clientFirst: string, serverFirst: string): string {
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

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
