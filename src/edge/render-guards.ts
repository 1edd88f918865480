import { Failure } from '../failure.ts'
import { ourMatchers } from './marks.ts'
import type { EdgeModel } from './model.ts'
import { store } from './parts.ts'
import { addressOf, type RenderOptions } from './render-options.ts'
import { signUpPath } from './sign-up-path.ts'
import { word } from './word.ts'

/**
 * What comes before every route. A guard's matcher never holds exactly one path: only then does
 * Caddy sort by length of path, and a longer one of the admin's could get before it; like this they
 * stay first, in the order of the text (httpcaddyfile, sortRoutes).
 */
export function renderGuards(model: EdgeModel): readonly (readonly string[])[] {
  return [stripHeaders(model), secureCookies(model), signUp(model)]
}

function stripHeaders({ stripHeaders }: EdgeModel): readonly string[] {
  if (stripHeaders.length === 0) return []
  return [
    '\t# Only services may send these to each other: from outside, they would make anyone anybody.',
    ...stripHeaders.map((name) => `\trequest_header -${word(name)}`),
  ]
}

/**
 * `defer`, as the header is there only once an upstream has answered: without it nothing happens.
 * Set-Cookie of the session cookie without an attribute that begins with "se" (RE2 cannot look
 * ahead): so `Secure` is not doubled, and no other cookie is touched.
 */
function secureCookies({ secureCookies }: EdgeModel): readonly string[] {
  if (!secureCookies) return []
  return [
    '\t# This release forgets Secure on its session cookie, which comes from the api and from the ui.',
    '\theader {',
    '\t\tSet-Cookie `(?i)^(fastapiusersauth=[^;]*(?:;\\s*(?:[^s;\\s][^;]*|s[^e;][^;]*)?)*)$` `$1; Secure`',
    '\t\tdefer',
    '\t}',
  ]
}

function signUp({ signUpNetworks, trustedProxies }: EdgeModel): readonly string[] {
  if (signUpNetworks === undefined) return []
  const matcher = trustedProxies.length > 0 ? 'client_ip' : 'remote_ip'
  const known = signUpNetworks.length > 0
  return [
    known
      ? '\t# Whoever can reach sign-up can join: only these networks may.'
      : '\t# Whoever can reach sign-up can join: nobody may from outside.',
    `\t${ourMatchers}sign_up {`,
    `\t\tpath_regexp ${signUpPath}`,
    ...(known ? [`\t\tnot ${matcher} ${signUpNetworks.map(word).join(' ')}`] : []),
    '\t}',
    `\thandle ${ourMatchers}sign_up {`,
    '\t\trespond 403',
    '\t}',
  ]
}

/** In the place of the object store's route: presigned downloads, and nothing else of it. */
export function renderStore(
  buckets: readonly string[],
  options: RenderOptions,
): readonly (readonly string[])[] {
  const signed = [
    '\t# Downloads by presigned URL. The store has holes that only an upload or a signed header',
    '\t# reaches, so nothing but signed GET and HEAD of these buckets gets through.',
    `\t${ourMatchers}download {`,
    '\t\tmethod GET HEAD',
    `\t\tpath ${buckets.map(pathOf).join(' ')}`,
    '\t\texpression `{query.Signature} != "" || {query.X-Amz-Signature} != ""`',
    '\t\tnot header X-Amz-Content-Sha256 STREAMING*',
    '\t}',
    `\thandle ${ourMatchers}download {`,
    '\t\turi strip_prefix /s3',
    `\t\treverse_proxy ${addressOf(store, options)} {`,
    '\t\t\t# The name that the signature was made for.',
    '\t\t\theader_up Host minio:9000',
    '\t\t\theader_up -Authorization',
    '\t\t\theader_up -X-Amz-*',
    '\t\t\theader_down -Server',
    '\t\t}',
    '\t}',
  ]
  const rest = [
    `\t${ourMatchers}s3 path /s3 /s3/*`,
    `\thandle ${ourMatchers}s3 {`,
    '\t\trespond 404',
    '\t}',
  ]
  return buckets.length === 0 ? [rest] : [signed, rest]
}

/** Throws a Failure for what is no bucket's name: a `*` or `..` would open the whole store. */
function pathOf(bucket: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*$/.test(bucket))
    throw new Failure('badInput', `"${bucket}" is no name of a bucket`, {
      remedy: 'Look at the variables TRACECAT__BLOB_STORAGE_BUCKET_*.',
    })
  return `/s3/${bucket}/*`
}
