import { join } from 'node:path'
// Only the schema is used: the matchers beside it are for Jest.
import schema from '@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json' with { type: 'json' }
import Ajv from 'ajv'
import draft4 from 'ajv/lib/refs/json-schema-draft-04.json' with { type: 'json' }
import { expect, test } from 'vitest'
import { runAudit, stockFolder } from '../commands/installs.ts'

/** The schema is of draft 4, which Ajv reads up to version 6; `full` looks at URIs and dates too. */
const validate = new Ajv({
  schemaId: 'auto',
  meta: draft4,
  format: 'full',
  allErrors: true,
}).compile(schema)

/** What the schema has against the document, with the place. */
function complaints(document: unknown): readonly string[] {
  validate(document)
  return (validate.errors ?? []).map(({ dataPath, message = '' }) => `${dataPath} ${message}`)
}

interface Log {
  readonly runs: readonly {
    readonly originalUriBaseIds: Readonly<Record<string, unknown>>
    readonly invocations: readonly {
      readonly executionSuccessful: boolean
      readonly toolExecutionNotifications: readonly { readonly level: string }[]
    }[]
    readonly results: readonly { readonly suppressions?: readonly unknown[] }[]
  }[]
}

async function auditedAsSarif(...folders: readonly string[]) {
  const { out } = await runAudit(folders, { format: 'sarif' })
  const log: Log = JSON.parse(out)
  const [run] = log.runs
  if (run === undefined) throw new Error('no run')
  return { log, run }
}

test('the SARIF of a stock install is valid', async () => {
  const { log, run } = await auditedAsSarif(stockFolder())
  expect(run.results.length).toBeGreaterThan(10)
  expect(complaints(log)).toEqual([])
})

test('the SARIF of an install with accepted findings is valid', async () => {
  const { log, run } = await auditedAsSarif(
    stockFolder({
      'tracecat-harden.yaml':
        'accept: [{ control: internal-headers, reason: the proxy in front has it }]\n',
    }),
  )
  expect(run.results.flatMap(({ suppressions = [] }) => suppressions)).toContainEqual(
    expect.objectContaining({ justification: 'the proxy in front has it' }),
  )
  expect(complaints(log)).toEqual([])
})

test('the SARIF of several installs, some of which cannot be read, is valid', async () => {
  const good = stockFolder()
  const { log, run } = await auditedAsSarif(
    good,
    stockFolder({ 'docker-compose.yml': 'services:\n  api: [\n' }),
    join(good, 'no where'),
    stockFolder(),
  )
  expect(Object.keys(run.originalUriBaseIds)).toHaveLength(2)
  const [invocation] = run.invocations
  expect(invocation?.executionSuccessful).toBe(false)
  expect(
    invocation?.toolExecutionNotifications.filter(({ level }) => level === 'error'),
  ).toHaveLength(2)
  expect(complaints(log)).toEqual([])
})

test.each([
  ['a level that SARIF does not have', 'level', 'critical', 'should be equal to one'],
  ['a property that SARIF does not have', 'severity', 'high', 'should NOT have additional'],
  ['a message that is no object', 'message', 'text', 'should be object'],
  [
    'a URI that is none',
    'locations',
    [{ physicalLocation: { artifactLocation: { uri: 'with blank' } } }],
    'should match format "uri-reference"',
  ],
])('%s is told from a valid document', async (_, property, value, complaint) => {
  const { log, run } = await auditedAsSarif(stockFolder())
  const [first, ...rest] = run.results
  const broken = { ...log, runs: [{ ...run, results: [{ ...first, [property]: value }, ...rest] }] }
  expect(complaints(broken).join('\n')).toContain(complaint)
})
