import { expect, test } from 'vitest'
import { denial, presignedUrl, type SignedRequest } from './stand-in/presigned.ts'

const now = new Date('2026-11-23T20:15:00Z')
const owner = { user: 'minio', password: 'a+password/of its own' }

/** A signed request as it arrives, after a change of its URL. */
function request(change: (url: string) => string = (url) => url): SignedRequest {
  const url = presignedUrl(new URL('http://minio:9000/'), owner, now)
  return { method: 'GET', url: change(url.pathname + url.search), headers: { host: 'minio:9000' } }
}

const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)

// docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html has this request and its signature.
test("AWS's own example is taken", () => {
  const example = {
    method: 'GET',
    url:
      '/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256' +
      '&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request' +
      '&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host' +
      '&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
    headers: { host: 'examplebucket.s3.amazonaws.com' },
  }
  const account = {
    user: 'AKIAIOSFODNN7EXAMPLE',
    password: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
  }
  const at = new Date('2013-05-24T12:00:00Z')
  expect(denial(example, account, at)).toBeUndefined()
  expect(denial({ ...example, method: 'PUT' }, account, at)?.code).toBe('SignatureDoesNotMatch')
})

test('what we sign is taken, for a minute', () => {
  expect(denial(request(), owner, now)).toBeUndefined()
  expect(denial(request(), owner, later(59))).toBeUndefined()
  expect(denial(request(), owner, later(61))?.message).toBe('Request has expired')
  expect(denial(request(), owner, later(-16 * 60))?.message).toBe('Request is not valid yet')
})

test.each<[string, SignedRequest, string]>([
  ['no signature', request(() => '/'), 'AccessDenied'],
  ['another user', request((url) => url.replace('=minio', '=admin')), 'InvalidAccessKeyId'],
  ['another path', request((url) => url.replace('/?', '/bucket?')), 'SignatureDoesNotMatch'],
  ['a longer time', request((url) => url.replace('=60', '=90')), 'SignatureDoesNotMatch'],
  ['one more parameter', request((url) => `${url}&location=`), 'SignatureDoesNotMatch'],
  ['another host', { ...request(), headers: { host: 'caddy' } }, 'SignatureDoesNotMatch'],
  [
    'another algorithm',
    request((url) => url.replace('SHA256', 'SHA1')),
    'AuthorizationQueryParametersError',
  ],
  [
    'for ever',
    request((url) => url.replace('=60', '=604801')),
    'AuthorizationQueryParametersError',
  ],
])('%s is refused', (_, wrong, code) => {
  expect(denial(wrong, owner, now)?.code).toBe(code)
})

test('a signature with another password is refused', () => {
  const wrong = denial(request(), { ...owner, password: 'another' }, now)
  expect(wrong).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
})
