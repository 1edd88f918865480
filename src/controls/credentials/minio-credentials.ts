import { isWellKnown } from '../../secrets/well-known.ts'
import { type Case, type Control, type Finding, notApplicable, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { isStackHost, model, serviceOf, variableOf, whereVariable } from '../reading.ts'
import { chosen } from '../secrets.ts'

const names = { user: 'MINIO_ROOT_USER', password: 'MINIO_ROOT_PASSWORD' } as const

export const minioCredentials: Control = {
  meta: {
    id: 'minio-credentials',
    title: "MinIO's root user is not the stock one",
    severity: 'critical',
    area: 'credentials',
    why: 'The stock install sets minio/password. The user name is part of every presigned URL, and for this MinIO version no fix exists for writes that need a valid access key only.',
    risk: 'Whoever reaches MinIO writes registry artifacts, which the executor runs: a way from an object to code.',
    fix: 'A new install gets a random user and password. On a stack that has run, rotate changes server and clients together.',
    reference: 'https://docs.tracecat.com/self-hosting/security',
  },
  inspect(c) {
    if (usesExternalStorage(c))
      return notApplicable('blob storage is a server of yours, not of this stack')
    return verdictOf([...checks(c, names.user), ...checks(c, names.password)])
  },
  harden(c) {
    if (usesExternalStorage(c)) return []
    return [names.user, names.password].flatMap((name, index) => {
      const value = chosen(c.secrets, name)
      if (value === undefined) return []
      return [
        setVariableTo(name, value, { keep: true, ...(index === 0 ? {} : { after: names.user }) }),
      ]
    })
  },
}

function checks(c: Case, name: string): readonly Finding[] {
  const value = variableOf(c, name)
  if (value !== undefined && !isWellKnown(value)) return []
  return [
    {
      where: whereVariable(c, name),
      evidence: `${name}: ${value === undefined ? 'not set' : 'a value that everybody knows'}`,
      remedy: c.facts.fresh
        ? 'Run tracecat-harden init.'
        : 'Run tracecat-harden rotate minio; on a stack that was never started, tracecat-harden init --fresh.',
    },
  ]
}

/** No MinIO service, or the api talks to another host: its endpoint is another address, or empty for S3. */
export function usesExternalStorage(c: Case): boolean {
  if (model(c) !== undefined && serviceOf(c, 'minio') === undefined) return true
  const endpoint = serviceOf(c, 'api')?.environment.get('TRACECAT__BLOB_STORAGE_ENDPOINT')
  if (endpoint === undefined || endpoint === null) return false
  const host = /^[a-z]+:\/\/([^:/]+)/i.exec(endpoint)?.[1]
  return host === undefined || !isStackHost(c, host)
}
