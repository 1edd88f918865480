import { createHash, createHmac } from 'node:crypto'
import type { Secret } from '../secrets/secret.ts'

/** Who signs, for where, and how long it holds. */
export interface Signing {
  readonly user: string
  readonly password: Secret
  readonly region: string
  readonly now: Date
  readonly lifetimeSeconds: number
}

/**
 * The URL of a GET that S3 answers without further credentials: AWS Signature Version 4 in query
 * parameters (docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html). Whoever has the URL
 * may use it until it expires.
 * @param url without a query; its path already percent-encoded as S3 expects it
 */
export function presignedGet(url: URL, signing: Signing): URL {
  const { user, password, region, now, lifetimeSeconds } = signing
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const day = time.slice(0, 8)
  const scope = [day, region, 's3', 'aws4_request']
  // In the order of their names, which the signature wants.
  const query = [
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', [user, ...scope].join('/')],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', String(lifetimeSeconds)],
    ['X-Amz-SignedHeaders', 'host'],
  ]
    .map(([name = '', value = '']) => `${name}=${encoded(value)}`)
    .join('&')
  const request = ['GET', url.pathname, query, `host:${url.host}`, '', 'host', 'UNSIGNED-PAYLOAD']
  const digest = createHash('sha256').update(request.join('\n')).digest('hex')
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), digest].join('\n')
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${password.reveal()}`)
  return new URL(`?${query}&X-Amz-Signature=${hmac(key, text).toString('hex')}`, url)
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}

/** Every byte but RFC 3986's unreserved characters. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
