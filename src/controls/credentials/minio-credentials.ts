import { variablesOf } from '../../secrets/catalogue.ts'
import { isWellKnown } from '../../secrets/well-known.ts'
import { objectStorage } from '../../servers/object-storage.ts'
import { bundledService, ofBundled } from '../bundled.ts'
import { type Case, type Control, type Finding, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { variableOf, whereVariable } from '../reading.ts'
import { chosen } from '../secrets.ts'

const names = variablesOf(objectStorage.secret)

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
    return ofBundled(c, objectStorage, () => verdictOf(names.flatMap((name) => checks(c, name))))
  },
  harden(c) {
    if (bundledService(c, objectStorage) === undefined) return []
    return names.flatMap((name, index) => {
      const value = chosen(c.secrets, name)
      if (value === undefined) return []
      const after = names[index - 1]
      return [setVariableTo(name, value, { keep: true, ...(after === undefined ? {} : { after }) })]
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
