import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { answers } from '../product/answers.ts'
import { runInit, textOf } from '../product/run.ts'
import { stockFolder } from './installs.ts'

const env = readFileSync(
  fileURLToPath(new URL('../../templates/example/dot-env', import.meta.url)),
  'utf8',
)
const ring = '{"current_key_id":"v1","keys":{"v1":"J1bYqTq3WcVx0m2ZKf8sUe7RrPd4Lh6NgA9BtEwOiQy"}}'

test.each([
  ['stays on', '1.0.0-beta.51', true],
  ['is no answer that stops init where the release has none', '1.0.0-beta.41', false],
])("payload encryption of the admin's own %s", async (_, tag, isKept) => {
  const folder = stockFolder({
    '.env': `TRACECAT__IMAGE_TAG=${tag}\n${env}\nTEMPORAL__PAYLOAD_ENCRYPTION_ENABLED=true\nTEMPORAL__PAYLOAD_ENCRYPTION_KEYRING='${ring}'\n`,
  })
  expect((await runInit(folder, answers(), { options: { fresh: true } })).exitCode).toBe(0)
  const written = textOf(folder, 'tracecat-harden.yaml')
  expect(written.includes('payloadEncryption: true')).toBe(isKept)
  expect(textOf(folder, '.env')).toContain(ring)
})
