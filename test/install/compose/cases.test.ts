import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import { compareWithCompose, differences, resolveFiles } from './agreement.ts'
import { acceptedServices, refusedServices } from './cases.ts'
import { composeConfig, composeVersion, isRecord } from './compose-command.ts'
import { acceptedFolders, type FolderCase, refusedFolders } from './folder-cases.ts'
import { filesOf, inFolder } from './folders.ts'

const recordedFile = fileURLToPath(new URL('recorded.json', import.meta.url))
const home = '/home/admin'
const recordedFolder = '/srv/demo'

/** Compose's answers to every accepted case. `RECORD_COMPOSE=1` asks Compose again. */
function record(): void {
  const answers = [
    ...acceptedServices.map((one) => ({ name: one.name, files: filesOf([one]) })),
    ...acceptedFolders,
  ].map(({ name, files, ...more }: FolderCase) =>
    inFolder(files, (directory) => {
      const shell = { HOME: home, ...more.shell }
      const answer = composeConfig(directory, { shell, looseReferences: true })
      if (!answer.ok) throw new Error(`${name}: ${answer.message}`)
      const text = JSON.stringify(answer.config).replaceAll(directory, recordedFolder)
      return [name, JSON.parse(text.replaceAll(directory.slice(0, -5), '/srv'))]
    }),
  )
  writeFileSync(recordedFile, `${JSON.stringify(Object.fromEntries(answers), null, 2)}\n`)
}

if (process.env.RECORD_COMPOSE === '1') record()
const recorded: unknown = JSON.parse(readFileSync(recordedFile, 'utf8'))

function answerOf(name: string): Record<string, unknown> {
  const answer = isRecord(recorded) ? recorded[name] : undefined
  if (!isRecord(answer)) throw new Error(`no answer of Compose is recorded for: ${name}`)
  return answer
}

const resolved = ({ files, shell }: FolderCase) =>
  resolveFiles(files, recordedFolder, { HOME: home, ...shell })

describe("our model is what Compose's recorded answers say", () => {
  const single = acceptedServices.map((one) => ({ name: one.name, files: filesOf([one]) }))
  test.each([...single, ...acceptedFolders])('$name', (one) => {
    expect(differences(resolved(one), answerOf(one.name))).toEqual([])
  })
})

describe('what Compose refuses is a failure with its file and line', () => {
  const single = refusedServices.map((one) => ({ name: one.name, files: filesOf([one]) }))
  test.each([...single, ...refusedFolders])('$name', (one) => {
    let thrown: unknown
    try {
      resolved(one)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toBeInstanceOf(Failure)
    expect(thrown).toMatchObject({
      kind: 'badInput',
      where: { file: expect.stringMatching(/^docker-compose\.(?:override\.)?yml$/) },
    })
  })
})

const skipped = composeVersion === undefined ? ' (skipped: Docker Compose is not installed)' : ''

describe.skipIf(skipped !== '')(`Compose itself agrees${skipped}`, { timeout: 60_000 }, () => {
  test('on all services at once', () => {
    const found = inFolder(filesOf(acceptedServices), (directory) =>
      compareWithCompose(directory, { looseReferences: true }),
    )
    expect(found).toEqual([])
  })
})
