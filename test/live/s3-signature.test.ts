import { expect, test } from 'vitest'
import { presignedGet } from '../../src/live/s3-signature.ts'
import { Secret } from '../../src/secrets/secret.ts'

// docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html, "An example"
const example = {
  user: 'AKIAIOSFODNN7EXAMPLE',
  password: new Secret('wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY'),
  region: 'us-east-1',
  now: new Date('2013-05-24T00:00:00Z'),
  lifetimeSeconds: 86_400,
}

test("is the URL of AWS's own example", () => {
  const url = presignedGet(new URL('https://examplebucket.s3.amazonaws.com/test.txt'), example)
  expect(url.href).toBe(
    'https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404',
  )
})

test('a user of any characters is one value of the query', () => {
  const user = `a b&c=d"e'(f)*\\\n%41ä`
  const { href, searchParams } = presignedGet(new URL('http://minio:9000/'), { ...example, user })
  expect(searchParams.get('X-Amz-Credential')).toBe(`${user}/20130524/us-east-1/s3/aws4_request`)
  expect(href).toMatch(/^http:\/\/minio:9000\/\?[A-Za-z0-9_.~%&=-]+$/)
})
