import { variablesOf } from '../../secrets/catalogue.ts'
import { isWellKnown } from '../../secrets/well-known.ts'
import { objectStorage } from '../../servers/object-storage.ts'
import { bundledService, ofBundled } from '../bundled.ts'
import { type Case, type Control, type Look, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look, runInit, variableAt } from '../look.ts'
import { variableOf } from '../reading.ts'
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
    return ofBundled(c, objectStorage, () => verdictOf(names.map((name) => ownAt(c, name))))
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

function ownAt(c: Case, name: string): Look {
  const value = variableOf(c, name)
  const problem =
    value === undefined
      ? 'not set'
      : isWellKnown(value)
        ? 'a value that everybody knows'
        : undefined
  return look(
    { ...variableAt(c, name), value: problem ?? 'a value of its own' },
    'a value of its own',
    problem !== undefined && {
      evidence: `${name}: ${problem}`,
      remedy: c.facts.fresh
        ? runInit
        : 'Run tracecat-harden rotate minio; on a stack that was never started, tracecat-harden init --fresh.',
    },
  )
}
