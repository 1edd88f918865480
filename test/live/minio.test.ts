import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { signsIn } from '../../src/live/minio.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { type Answer, container, scriptedStack } from './scripted-stack.ts'

const api = container('api')
const password = new Secret('a-password-of-the-test')
const now = new Date('2026-01-02T03:04:05.678Z')

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

async function answers(...script: ReturnType<Answer>[]) {
  const { stack, calls } = scriptedStack(() => script[calls.length - 1] ?? script.at(-1) ?? {})
  const asked = signsIn(stack, api, 'root-user-of-minio', password, now)
  await vi.runAllTimersAsync()
  return { answer: await asked, calls }
}

test('the signed URL goes by standard input, and nothing secret in arguments', async () => {
  const { answer, calls } = await answers({ stdout: '<ListAllMyBucketsResult/>\n200' })
  expect(answer).toBe('yes')
  expect(calls).toHaveLength(1)
  expect(calls[0]).toMatchObject({ how: 'exec', service: 'api', env: {} })
  expect(calls[0]?.command.slice(0, 2)).toEqual(['curl', '--disable'])
  expect(calls[0]?.command.join(' ')).not.toMatch(/root-user|X-Amz|a-password/)
  expect(calls[0]?.stdin).toMatch(
    /^url = "http:\/\/minio:9000\/\?[^"]*root-user-of-minio%2F20260102%2F[^"]*&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&[^"]*&X-Amz-Signature=[0-9a-f]{64}"\n$/,
  )
  expect(calls[0]?.stdin).not.toContain(password.reveal())
})

test.each(['InvalidAccessKeyId', 'SignatureDoesNotMatch'])('%s is refused', async (code) => {
  const { answer, calls } = await answers({ stdout: `<Error><Code>${code}</Code></Error>\n403` })
  expect(answer).toBe('refused')
  expect(calls).toHaveLength(1)
})

// MinIO's words for a request from another time.
test.each([
  '<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>\n403',
  '<Error><Code>AccessDenied</Code><Message>Request is not valid yet</Message></Error>\n403',
  '<Error><Code>RequestTimeTooSkewed</Code></Error>\n403',
])('a clock that is wrong is no wrong password: %s', async (stdout) => {
  expect((await answers({ stdout })).answer).toEqual({ unreachable: "MinIO's clock is not ours" })
})

test.each<[ReturnType<Answer>, string, number]>([
  [{ stdout: 'busy\n503' }, 'status 503', 5],
  [{ stdout: '\n400' }, 'status 400', 1],
  [{ stdout: '' }, 'status ', 1],
  [
    { exitCode: 7, stdout: '\n000', stderr: 'curl: (7) Failed to connect to minio port 9000\n' },
    'curl: (7) Failed to connect to minio port 9000',
    5,
  ],
  [
    { exitCode: 6, stdout: '\n000', stderr: 'curl: (6) Could not resolve host: minio\n' },
    'curl: (6) Could not resolve host: minio',
    1,
  ],
  [{ exitCode: undefined, timedOut: true }, 'no answer in time', 1],
])('%j is unreachable', async (said, unreachable, asked) => {
  const { answer, calls } = await answers(said)
  expect(answer).toEqual({ unreachable })
  expect(calls).toHaveLength(asked)
})

test('a MinIO that is on its way up is asked again', async () => {
  expect((await answers({ stdout: '\n503' }, { stdout: '\n200' })).answer).toBe('yes')
})
