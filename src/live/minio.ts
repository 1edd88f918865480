import type { Container } from '../controls/facts.ts'
import type { Secret } from '../secrets/secret.ts'
import { presignedGet } from './s3-signature.ts'
import {
  isUnreachable,
  outcome,
  programTimeoutMs,
  reasonOf,
  type SignIn,
  untilUp,
} from './sign-in.ts'
import type { Stack } from './stack.ts'

const endpoint = new URL('http://minio:9000/')

const curl = [
  'curl',
  // First, or it reads a configuration of the container's.
  '--disable',
  '--silent',
  '--show-error',
  '--max-time',
  '10',
  // The services of the stack have the proxy of the company in their environment.
  '--noproxy',
  '*',
  '--write-out',
  '\n%{http_code}',
  '--config',
  '-',
] as const

const starting = /Connection refused|Failed to connect|Empty reply|^status 503/
const otherClock = /<Code>RequestTimeTooSkewed<|<Message>Request (?:has expired|is not valid yet)/

/**
 * Does MinIO take these root credentials? Asked with a signed request for the list of buckets, from a
 * container whose image has curl.
 * @param from a running container on MinIO's network: `api`
 * @param now the signature holds for a minute from then on
 */
export async function signsIn(
  stack: Stack,
  from: Container,
  user: string,
  password: Secret,
  now: Date,
): Promise<SignIn> {
  const url = presignedGet(endpoint, {
    user,
    password,
    region: 'us-east-1',
    now,
    lifetimeSeconds: 60,
  })
  const ask = async (): Promise<SignIn> => {
    const result = await outcome(
      stack.exec(from, curl, { stdin: `url = "${url.href}"\n`, timeoutMs: programTimeoutMs }),
    )
    if (isUnreachable(result)) return result
    if (result.exitCode !== 0) return { unreachable: reasonOf({ ...result, stdout: '' }) }
    const status = result.stdout.slice(result.stdout.lastIndexOf('\n') + 1)
    if (status === '200') return 'yes'
    if (otherClock.test(result.stdout)) return { unreachable: "MinIO's clock is not ours" }
    return status === '403' ? 'refused' : { unreachable: `status ${status}` }
  }
  return await untilUp(stack, ask, starting)
}
