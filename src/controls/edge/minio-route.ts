import { matchersOf, proxiesTo, textOf } from '../../edge/inspect.ts'
import { type Control, verdictOf } from '../control.ts'
import { baseModel, variableOf } from '../reading.ts'
import { effectiveEdge, isVerdict, whereEdge } from './reading.ts'

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
    const open = proxiesTo(edge.caddyfile, 'minio').filter((proxy) => {
      const rules = matchersOf(edge.caddyfile, proxy)
        .map(({ directive }) => textOf(directive))
        .join('\n')
      return (
        !/\bmethod (GET HEAD|HEAD GET|GET|HEAD)\b/.test(rules) ||
        /\b(PUT|POST|DELETE)\b/.test(rules) ||
        !/Signature/.test(rules)
      )
    })
    return verdictOf(
      open.map(({ directive }) => ({
        where: whereEdge(edge, directive.line),
        service: 'caddy',
        evidence: 'MinIO is reachable from outside with any method and path',
        remedy: 'Run tracecat-harden init.',
      })),
    )
  },
  harden(c) {
    if (baseModel(c)?.services.has('minio') === false) return []
    const named = ['WORKFLOW', 'ATTACHMENTS', 'REGISTRY', 'AGENT', 'SKILLS'].flatMap((kind) => {
      const name = `TRACECAT__BLOB_STORAGE_BUCKET_${kind}`
      const value = baseModel(c)?.services.get('api')?.environment.get(name) ?? variableOf(c, name)
      return typeof value === 'string' && value !== '' ? [value] : []
    })
    return [
      {
        kind: 'edge',
        part: { part: 's3', buckets: [...new Set([...stockBuckets, ...named])].sort() },
      },
    ]
  },
}
