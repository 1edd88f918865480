import type { PlainSite } from '../../edge/follow/expand.ts'
import type { Request } from '../../edge/follow/match.ts'
import { pathsOf } from '../../edge/follow/probes.ts'
import type { Case, Control } from '../control.ts'
import { baseModel, variableOf } from '../reading.ts'
import { edgeVerdict, effectiveEdge, isVerdict, type Passed, passed } from './reading.ts'

/** Tracecat's buckets since the route exists; those that variables rename are added. */
const stockBuckets = [
  'tracecat-agent',
  'tracecat-attachments',
  'tracecat-registry',
  'tracecat-skills',
  'tracecat-workflow',
]

export const minioRoute: Control = {
  meta: {
    id: 'minio-route',
    title: 'The public way to MinIO serves signed downloads only',
    severity: 'critical',
    area: 'edge',
    why: 'The stock Caddyfile passes every method and path under /s3 to MinIO, its admin interface included; the pinned MinIO is the last one published and has known holes in uploads.',
    risk: 'From outside, with an access key that stands in every download link: objects are written that the executor runs.',
    fix: 'Only GET and HEAD with a signature, only on known buckets; everything else under /s3 is 404.',
    reference: 'https://github.com/minio/minio/security/advisories',
  },
  inspect(c) {
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const buckets = bucketsOf(c)
    const reached = passed(c, edge, probes)
    const wrong = reached.flatMap((one) => {
      const problem = one.service === 'minio' ? problemOf(one, buckets) : undefined
      return problem === undefined ? [] : [{ ...one, problem }]
    })
    return edgeVerdict(edge, {
      subject: 'MinIO from outside',
      expected: "signed GET and HEAD of Tracecat's buckets",
      reached,
      wrong,
      problem: ({ line }) => ({
        evidence: evidenceOf(
          wrong.filter((one) => one.line === line).map(({ problem }) => problem),
        ),
        remedy: `Run tracecat-harden init; where this is a route of yours, remove it or let only signed GET and HEAD of ${buckets.join(', ')} through.`,
      }),
    })
  },
  harden(c) {
    if (baseModel(c)?.services.has('minio') === false) return []
    return [
      {
        kind: 'edge',
        part: { part: 's3', buckets: bucketsOf(c) },
      },
    ]
  },
}

function bucketsOf(c: Case): readonly string[] {
  const named = ['WORKFLOW', 'ATTACHMENTS', 'REGISTRY', 'AGENT', 'SKILLS'].flatMap((kind) => {
    const name = `TRACECAT__BLOB_STORAGE_BUCKET_${kind}`
    const value = baseModel(c)?.services.get('api')?.environment.get(name) ?? variableOf(c, name)
    return typeof value === 'string' && value !== '' ? [value] : []
  })
  return [...new Set([...stockBuckets, ...named])].sort()
}

/** As both kinds of signature have it. */
const signed = new Map([
  ['Signature', ['x']],
  ['X-Amz-Signature', ['x']],
])

/** Downloads, uploads and the admin interface, with and without a signature. */
function probes(site: PlainSite): readonly Request[] {
  const own = ['/s3/tracecat-registry/x', '/tracecat-registry/x', '/s3/minio/admin/v3/info', '/x']
  const paths = [...new Set([...own, ...pathsOf(site)])]
  return paths.flatMap((path) => [
    { method: 'GET', path, query: new Map() },
    ...['GET', 'PUT', 'POST', 'DELETE'].map((method) => ({ method, path, query: signed })),
  ])
}

type Fault = 'method' | 'signature' | 'path'

function problemOf({ request }: Passed, buckets: readonly string[]): Fault | undefined {
  if (request.method !== 'GET' && request.method !== 'HEAD') return 'method'
  if (request.query.size === 0) return 'signature'
  const bucket = request.path?.split('/')[1]
  return bucket === undefined || buckets.includes(bucket) ? undefined : 'path'
}

function evidenceOf(problems: readonly Fault[]): string {
  const open = 'MinIO is reachable from outside'
  if (problems.includes('method'))
    return `${open} with any method${problems.includes('path') ? ' and path' : ''}`
  return problems.includes('path')
    ? `${open} on paths that are none of Tracecat's buckets`
    : `${open} without a signature`
}
