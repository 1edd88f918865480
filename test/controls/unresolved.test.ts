import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  type AuditDocument,
  auditDocument,
  openControls,
  stockFolder,
} from '../commands/installs.ts'

const compose = readFileSync(
  new URL('../../templates/example/docker-compose.yml', import.meta.url),
  'utf8',
)

function reasons({ installs }: AuditDocument): readonly string[] {
  return installs.flatMap(({ skipped }) => skipped.map(({ reason }) => reason))
}

/** The same install, but Compose reads more than we do. */
async function withCompose(text: string) {
  const before = await auditDocument([stockFolder()])
  const after = await auditDocument([stockFolder({ 'docker-compose.yml': text })])
  return { before, after }
}

describe('what rests on a file that was not read is skipped with the reason, never passed', () => {
  test('include: what stands in the file itself stays found', async () => {
    const { before, after } = await withCompose(`include: [more.yml]\n${compose}`)
    expect(reasons(after).length).toBeGreaterThan(0)
    for (const reason of reasons(after))
      expect(reason).toContain('include more.yml (docker-compose.yml:1)')
    expect(openControls(after)).toEqual(openControls(before))
    // redis-persistence looked at the service: another file may have more to say about the stack.
    expect(before.installs[0]?.passed).toContain('redis-persistence')
    expect(after.installs[0]?.passed).not.toContain('redis-persistence')
    expect(after.installs[0]?.skipped.map(({ control }) => control)).toContain('redis-persistence')
  })

  test('extends: what was found in that service is no longer certain', async () => {
    const { before, after } = await withCompose(
      compose.replace(
        /^ {2}redis:\n/m,
        '  redis:\n    extends: { file: base.yml, service: redis }\n',
      ),
    )
    const about = (document: AuditDocument, service: string) =>
      document.installs.flatMap(({ findings }) =>
        findings
          .filter((one) => JSON.stringify(one).includes(`"service":"${service}"`))
          .map(({ control }) => control),
      )
    expect(about(before, 'redis')).toContain('redis-auth')
    expect(about(after, 'redis')).toEqual([])
    expect(about(after, 'executor')).toEqual(about(before, 'executor'))
    expect(after.installs[0]?.skipped.map(({ control }) => control)).toContain('redis-auth')
  })

  test('controls that never look at the Compose files are decided', async () => {
    const { after } = await withCompose(`include: [more.yml]\n${compose}`)
    expect(after.installs[0]?.skipped.map(({ control }) => control)).not.toContain(
      'file-permissions',
    )
    expect(openControls(after)).toContain('file-permissions')
  })
})
