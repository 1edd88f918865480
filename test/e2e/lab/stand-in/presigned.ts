import { createHash, createHmac } from 'node:crypto'

/** The account of MinIO's owner. */
export interface RootAccount {
  readonly user: string
  readonly password: string
}

/** What of a request its signature covers. */
export interface SignedRequest {
  readonly method: string
  /** Path and query as they were sent. */
  readonly url: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
}

/** What S3 says no with: status, code, and words. */
export interface Denial {
  readonly status: number
  readonly code: string
  readonly message: string
}

const algorithm = 'AWS4-HMAC-SHA256'
const skewMs = 15 * 60_000
const longestSeconds = 7 * 24 * 3600

/** Signs a GET for a minute: AWS Signature Version 4 in the query. */
export function presignedUrl(url: URL, account: RootAccount, now: Date): URL {
  const time = now.toISOString().replace(/[-:]|\.\d{3}/g, '')
  const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`
  const signed = new URL(url)
  signed.search = canonicalQuery([
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', `${account.user}/${scope}`],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', '60'],
    ['X-Amz-SignedHeaders', 'host'],
  ])
  const request = {
    method: 'GET',
    url: signed.pathname + signed.search,
    headers: { host: url.host },
  }
  const signature = signatureOf(request, account.password, { time, scope, signedHeaders: 'host' })
  signed.search += `&X-Amz-Signature=${signature}`
  return signed
}

/**
 * Why S3 would not answer this request; undefined where the signature in its query is the owner's and in
 * time. In MinIO's order and words (cmd/signature-v4.go, cmd/api-errors.go).
 */
export function denial(
  request: SignedRequest,
  account: RootAccount,
  now: Date,
): Denial | undefined {
  const query = new Map(queryOf(request.url))
  if (!query.has('X-Amz-Credential')) return { ...denied, message: 'Access Denied.' }
  const value = (name: string) => query.get(`X-Amz-${name}`) ?? ''
  const [user, ...scope] = value('Credential').split('/')
  const at = timeOf(value('Date'))
  const seconds = Number(value('Expires') || Number.NaN)
  const signedHeaders = value('SignedHeaders')
  const wellFormed =
    value('Algorithm') === algorithm &&
    scope.length === 4 &&
    scope[0] === value('Date').slice(0, 8) &&
    scope[2] === 's3' &&
    scope[3] === 'aws4_request' &&
    signedHeaders.split(';').includes('host') &&
    !Number.isNaN(at) &&
    seconds >= 1 &&
    seconds <= longestSeconds
  if (!wellFormed) return malformed
  if (user !== account.user) return unknownUser
  if (at > now.getTime() + skewMs) return { ...denied, message: 'Request is not valid yet' }
  if (now.getTime() > at + seconds * 1000) return { ...denied, message: 'Request has expired' }
  const right = signatureOf(request, account.password, {
    time: value('Date'),
    scope: scope.join('/'),
    signedHeaders,
  })
  return value('Signature') === right ? undefined : wrongSignature
}

const denied = { status: 403, code: 'AccessDenied' }
const malformed: Denial = {
  status: 400,
  code: 'AuthorizationQueryParametersError',
  message: 'Query-string authentication version 4 requires valid X-Amz parameters.',
}
const unknownUser: Denial = {
  status: 403,
  code: 'InvalidAccessKeyId',
  message: 'The Access Key Id you provided does not exist in our records.',
}
const wrongSignature: Denial = {
  status: 403,
  code: 'SignatureDoesNotMatch',
  message:
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
}

interface Signing {
  readonly time: string
  readonly scope: string
  readonly signedHeaders: string
}

/** docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
function signatureOf(request: SignedRequest, password: string, signing: Signing): string {
  const { time, scope, signedHeaders } = signing
  const query = queryOf(request.url).filter(([name]) => name !== 'X-Amz-Signature')
  const headers = signedHeaders.split(';').map((name) => {
    const value = request.headers[name] ?? ''
    return `${name}:${[value].flat().join(',').trim().replace(/ +/g, ' ')}\n`
  })
  const path = request.url.split('?')[0] ?? '/'
  const canonical = [
    ...[request.method, path, canonicalQuery(query)],
    ...[headers.join(''), signedHeaders, 'UNSIGNED-PAYLOAD'],
  ].join('\n')
  const digest = createHash('sha256').update(canonical).digest('hex')
  const key = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${password}`)
  return hmac(key, [algorithm, time, scope, digest].join('\n')).toString('hex')
}

function queryOf(url: string): [name: string, value: string][] {
  const search = url.split('?')[1] ?? ''
  return search
    .split('&')
    .filter(Boolean)
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=').map(decoded)
      return [name, value]
    })
}

function canonicalQuery(query: readonly (readonly [string, string])[]): string {
  const pairs = query.map((pair) => pair.map(encoded).join('='))
  return pairs.sort().join('&')
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Every byte but RFC 3986's unreserved characters. */
function encoded(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

/** `20261123T201500Z` in ms since 1970; NaN where it is not that. */
function timeOf(text: string): number {
  const iso = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)?.slice(1) ?? []
  const [year, month, day, hour, minute, second] = iso
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest()
}
