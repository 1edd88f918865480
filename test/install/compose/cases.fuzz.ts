import { describe, expect, test } from 'vitest'
import { compareWithCompose } from './agreement.ts'
import { refusedServices } from './cases.ts'
import { composeConfig, composeVersion } from './compose-command.ts'
import { acceptedFolders, refusedFolders } from './folder-cases.ts'
import { filesOf, inFolder } from './folders.ts'

const skipped = composeVersion === undefined ? ' (skipped: Docker Compose is not installed)' : ''

describe.skipIf(skipped !== '')(`Compose agrees on the cases${skipped}`, () => {
  test.each(acceptedFolders)('on $name', ({ files, shell = {} }) => {
    const answer = inFolder(files, (directory) => [
      composeConfig(directory, { shell, looseReferences: true }).ok,
      compareWithCompose(directory, { shell, looseReferences: true }),
    ])
    expect(answer).toEqual([true, []])
  })

  test.each([
    ...refusedServices.map((one) => ({ name: one.name, files: filesOf([one]) })),
    ...refusedFolders,
  ])('that it refuses $name', ({ files }) => {
    expect(inFolder(files, (directory) => composeConfig(directory).ok)).toBe(false)
  })
})
