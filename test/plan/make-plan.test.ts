import { describe, expect, test } from 'vitest'
import type { Control } from '../../src/controls/control.ts'
import type { Edit } from '../../src/controls/edit.ts'
import { controls } from '../../src/controls/registry.ts'
import { makePlan, type Plan } from '../../src/plan/make-plan.ts'
import { hashOf, parseRecord, type WrittenRecord } from '../../src/plan/record.ts'
import { caseOf, hardenCaseOf, type Parts } from '../controls/case.ts'

const [first] = controls
if (first === undefined) throw new Error('there are controls')
const { meta } = first

/** A plan for the practice install where only these edits are wanted, beside an edge. */
function planOf(edits: readonly Edit[], parts: Parts, record: WrittenRecord = new Map()): Plan {
  const c = hardenCaseOf(caseOf({ answers: {}, ...parts }))
  const wanted = controls.flatMap((one) => one.harden?.(c) ?? [])
  const edge = wanted.filter(({ kind }) => kind === 'edge')
  const control: Control = {
    meta,
    inspect: () => ({ kind: 'not-applicable', why: 'a test' }),
    harden: () => [...edge, ...edits],
  }
  return makePlan({
    case: c,
    controls: [control],
    record,
    shell: {},
    envTemplate: '',
    onDisk: c.install.files,
    extra: new Map(),
    sourcePathsAfter: ['docker-compose.yml'],
  })
}

const textIn = (plan: Plan, path: string) => plan.files.find((file) => file.path === path)?.after
const recordOf = (plan: Plan) =>
  parseRecord(textIn(plan, '.tracecat-harden/written.json'), 'written.json')
const file = (text: string, mode = 0o644) => ({ text, mode })

describe('a line that is wanted in a file', () => {
  const edits: readonly Edit[] = [
    { kind: 'line', path: '.gitignore', line: '.env' },
    { kind: 'line', path: '.gitignore', line: '.tracecat-harden/' },
  ]

  test.each([
    ['is added below what the admin has', '# mine\n', '# mine\n.env\n.tracecat-harden/\n'],
    ['begins a line of its own', '# mine', '# mine\n.env\n.tracecat-harden/\n'],
    ['ends as the others end', '# mine\r\n', '# mine\r\n.env\r\n.tracecat-harden/\r\n'],
    ['stands there once', '.env\n# mine\n', '.env\n# mine\n.tracecat-harden/\n'],
  ])('%s', (_, text, expected) => {
    const plan = planOf(edits, { files: { '.gitignore': file(text) } })
    expect(textIn(plan, '.gitignore')).toBe(expected)
  })

  test('that was there before us is not in our record, and one of ours stays in it', () => {
    const first = planOf(edits, { files: { '.gitignore': file('.env\n') } })
    expect([...recordOf(first).keys()]).toContain('line:.gitignore:.tracecat-harden/')
    expect([...recordOf(first).keys()]).not.toContain('line:.gitignore:.env')
    const text = textIn(first, '.gitignore') ?? ''
    const second = planOf(edits, { files: { '.gitignore': file(text) } }, recordOf(first))
    expect(textIn(second, '.gitignore')).toBeUndefined()
    expect([...recordOf(second).keys()]).toContain('line:.gitignore:.tracecat-harden/')
  })
})

describe('a file of ours', () => {
  const path = 'seccomp/executor.json'
  const wanting = (text: string): readonly Edit[] => [{ kind: 'file', path, text }]
  const record: WrittenRecord = new Map([
    [`file:${path}`, { hash: hashOf('ours\n'), before: { kind: 'absent' } }],
  ])
  const withFile = (text: string) => ({ files: { [path]: file(text) } })

  test('that nobody changed since is written anew', () => {
    const plan = planOf(wanting('new\n'), withFile('ours\n'), record)
    expect([textIn(plan, path), plan.drift]).toEqual(['new\n', []])
  })

  test('that somebody changed since is theirs, and shown', () => {
    for (const edits of [wanting('new\n'), []]) {
      const plan = planOf(edits, withFile('theirs\n'), record)
      expect(plan.files.map((one) => one.path)).not.toContain(path)
      expect(plan.drift).toEqual([{ file: path, what: 'the whole file' }])
    }
  })

  test('that nobody wants any more goes, where nobody changed it since', () => {
    const plan = planOf([], withFile('ours\n'), record)
    expect(plan.files.find((one) => one.path === path)).toMatchObject({ after: undefined })
    expect(plan.after.files.has(path)).toBe(false)
  })
})

describe('the mode of a file', () => {
  const modes = (plan: Plan) => Object.fromEntries(plan.files.map(({ path, mode }) => [path, mode]))
  const edits: readonly Edit[] = [
    { kind: 'env', name: 'MINE', value: 'x' },
    { kind: 'file', path: 'seccomp/executor.json', text: 'x' },
  ]

  test.each([
    [0o644, 0o640],
    [0o666, 0o640],
    [0o600, 0o600],
    [0o604, 0o600],
  ])('of .env: of %o, only its group goes on reading (%o)', (before, expected) => {
    expect(modes(planOf(edits, { envMode: before }))['.env']).toBe(expected)
  })

  test('of what we remember is for the owner alone, and of what containers read for all', () => {
    expect(modes(planOf(edits, {}))).toMatchObject({
      '.tracecat-harden/last/env': 0o600,
      '.tracecat-harden/written.json': 0o600,
      'seccomp/executor.json': 0o644,
    })
  })

  test('alone is a change', () => {
    expect(modes(planOf([], { envMode: 0o644 }))['.env']).toBe(0o640)
    expect(modes(planOf([], { envMode: 0o600 }))).not.toHaveProperty('.env')
  })
})

test("the admin's files come first, what we remember last", () => {
  const edits: readonly Edit[] = [
    { kind: 'env', name: 'MINE', value: 'x' },
    { kind: 'line', path: '.gitignore', line: '.env' },
  ]
  const isState = planOf(edits, {}).files.map(({ path }) => path.startsWith('.tracecat-harden/'))
  expect(isState).toEqual([...isState].sort())
  expect(isState).toContain(true)
  expect(isState).toContain(false)
})
