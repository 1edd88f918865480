import type { IncomingMessage, ServerResponse } from 'node:http'
import { denial, presignedUrl, type RootAccount } from './presigned.ts'
import type { Attempt } from './wire.ts'

/** Asks for the list of buckets with a signed request, as every client of S3 can. */
export async function signInToStorage(endpoint: string, account: RootAccount): Promise<Attempt> {
  try {
    const url = presignedUrl(new URL('/', endpoint), account, new Date())
    const response = await fetch(url, { signal: AbortSignal.timeout(3000) })
    const text = await response.text()
    if (response.ok) return { outcome: 'ok' }
    const why = /<Code>(.*)<\/Code>/.exec(text)?.[1] ?? `status ${response.status}`
    return { outcome: response.status === 403 ? 'refused' : 'unreachable', why }
  } catch (error) {
    return { outcome: 'unreachable', why: String(error) }
  }
}

/**
 * MinIO's owner as its environment has it; why it does not start where that is too short.
 * With neither of the two it is minioadmin, as MinIO's documentation has it.
 */
export function ownerOf(env: NodeJS.ProcessEnv): RootAccount | string {
  const { MINIO_ROOT_USER: user = 'minioadmin', MINIO_ROOT_PASSWORD: password = 'minioadmin' } = env
  if (user.length < 3) return 'Invalid credentials: MINIO_ROOT_USER must be at least 3 characters'
  if (password.length < 8) {
    return 'Invalid credentials: MINIO_ROOT_PASSWORD must be at least 8 characters'
  }
  return { user, password }
}

/** Lists no buckets to the owner, and says no to anybody else. */
export function answerBuckets(
  request: IncomingMessage,
  response: ServerResponse,
  owner: RootAccount,
): void {
  const { method = '', url = '/', headers } = request
  const no = denial({ method, url, headers }, owner, new Date())
  response.statusCode = no?.status ?? 200
  response.setHeader('content-type', 'application/xml')
  response.end(
    no
      ? `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${no.code}</Code><Message>${no.message}</Message></Error>`
      : '<?xml version="1.0" encoding="UTF-8"?>\n<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets></Buckets></ListAllMyBucketsResult>',
  )
}
