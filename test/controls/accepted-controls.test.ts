import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { auditDocument, runAudit, stockFolder } from '../commands/installs.ts'
import { answers, asYaml } from '../product/answers.ts'
import { failureOf, runInit } from '../product/run.ts'

const misspelled = { accept: [{ control: 'redis-auht', reason: 'foo' }] }
const options = { fresh: true, set: ['accept.redis-auht=foo'] }

test('init refuses a control that there is not, by its place', async () => {
  const folder = stockFolder()
  const bySet = await failureOf(runInit(folder, answers(), { options }))
  expect([bySet.exitCode, bySet.message, bySet.where]).toEqual([
    2,
    'accept.redis-auht is of no use: there is no such control (did you mean redis-auth?).',
    undefined,
  ])
  writeFileSync(join(folder, 'tracecat-harden.yaml'), asYaml(answers(misspelled)))
  const inFile = await failureOf(runInit(folder, undefined, { options: { fresh: true } }))
  expect(inFile.message).toBe(
    'accept[0].control is redis-auht, and there is no such control (did you mean redis-auth?).',
  )
  expect(inFile.where).toEqual({ file: 'tracecat-harden.yaml', line: expect.any(Number) })
  const away = { fresh: true, set: ['accept.redis-auht=', 'accept.redis-auth=foo'] }
  expect((await runInit(folder, undefined, { options: away })).exitCode).toBe(0)
})

test('audit goes on, and says so', async () => {
  const folder = stockFolder({ 'tracecat-harden.yaml': asYaml(misspelled) })
  const { installs, exitCode } = await auditDocument([folder])
  expect(exitCode).toBe(1)
  expect(installs[0]?.skipped).toContainEqual({
    control: 'redis-auht',
    reason:
      'accepted in tracecat-harden.yaml:2, but there is no such control (did you mean redis-auth?)',
  })
  for (const format of ['text', 'sarif', 'markdown'] as const)
    expect((await runAudit([folder], { format })).out).toContain('did you mean redis-auth')
})
