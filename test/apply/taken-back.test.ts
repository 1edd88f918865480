import { readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { applyPlan } from '../../src/apply/engine.ts'
import {
  DoesNotWork,
  type LiveSteps,
  noProgress,
  type Progress,
  type Step,
} from '../../src/apply/step.ts'
import { Failure } from '../../src/failure.ts'
import { Masked } from '../../src/secrets/masked.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'
import { before, layOut, sampleChanges, snapshot } from './samples.ts'

function install(): string {
  const root = temporaryFolder()
  layOut(root)
  return root
}

function step(id: string, parts: Partial<Step>): Step {
  return {
    id,
    label: Masked.trusted(id),
    state: async () => 'unknown',
    run: async () => undefined,
    ...parts,
  }
}

/** Applies the sample plan with these steps around it, and gives the failure that it ends with. */
async function failureOf(
  root: string,
  steps: LiveSteps,
  progress: Progress = noProgress,
): Promise<Failure> {
  const live = { subjects: ['a server'], makeSteps: async () => steps, progress }
  try {
    await applyPlan(fakeWorld(), root, { command: 'init', changes: sampleChanges, live })
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing failed')
}

const refused = (act: () => unknown = () => undefined, message = 'It refuses the new password') =>
  step('test', {
    async run() {
      act()
      throw new DoesNotWork(message)
    },
  })

describe('a plan that is taken back since a server refuses it', () => {
  test('says so', async () => {
    const root = install()
    expect(await failureOf(root, { before: [], after: [refused()] })).toMatchObject({
      kind: 'surroundings',
      message: 'It refuses the new password. Nothing was changed.',
    })
    expect(snapshot(root)).toEqual(before)
  })

  test.each([
    'Docker is not here',
    'Docker is not here.',
  ])('says it in sentences with one period each: %s', async (message) => {
    const root = install()
    const run = async () => {
      throw new Failure('surroundings', message)
    }
    const told = async (steps: LiveSteps) => (await failureOf(root, steps)).message
    const said = 'Docker is not here. Nothing was changed.'
    expect(await told({ before: [step('server', { run })], after: [] })).toBe(said)
    const backups = join(root, '.tracecat-harden/backups')
    const gone = refused(() => rmSync(backups, { recursive: true }), message)
    expect(await told({ before: [], after: [gone] })).toMatch(
      /: Docker is not here\. Taking it back failed as well: The backup of \.env is gone$/,
    )
  })

  test('says that the backup is gone, where it is', async () => {
    const root = install()
    const backups = join(root, '.tracecat-harden/backups')
    const steps = { before: [], after: [refused(() => rmSync(backups, { recursive: true }))] }
    expect(await failureOf(root, steps)).toMatchObject({
      kind: 'midway',
      message:
        'Stopped midway: It refuses the new password. Taking it back failed as well: The backup of .env is gone',
      where: { file: join(root, '.env') },
      remedy: 'Put your own copy of it in its place, then run again.',
    })
  })

  test('ends each step that it began, also one that cannot be taken back', async () => {
    const root = install()
    const gone = async () => {
      throw new Failure('surroundings', 'Docker does not answer')
    }
    const seen: string[] = []
    const progress: Progress = {
      begin: ({ id }) => void seen.push(`begin ${id}`),
      end: ({ id }, status) => void seen.push(`${status} ${id}`),
    }
    const after = [step('recreate', { undo: gone }), refused()]
    expect((await failureOf(root, { before: [], after }, progress)).message).toMatch(
      /Taking it back failed as well: Docker does not answer$/,
    )
    expect(seen).toEqual([
      ...['begin files', 'done files', 'begin recreate', 'done recreate'],
      ...['begin test', 'failed test', 'begin recreate', 'failed recreate'],
    ])
  })
})

describe('before the files are switched over', () => {
  const stops = step('server', {
    async run() {
      throw new Failure('surroundings', 'Docker does not answer')
    },
  })

  test.each([
    ['unknown', ['undo']],
    ['after', ['undo']],
    ['before', []],
  ] as const)('a step that ran and says that it is %s', async (state, expected) => {
    const root = install()
    const seen: string[] = []
    const ran = step('database', {
      state: async () => state,
      undo: async () => void seen.push('undo'),
    })
    await failureOf(root, { before: [ran, stops], after: [] })
    expect(seen).toEqual(expected)
    expect(snapshot(root)).toEqual(before)
  })

  test('a staged copy that somebody damaged is never put in place', async () => {
    const root = install()
    const staged = () => readdirSync(root).filter((name) => /^\.env\.tracecat-harden-/.test(name))
    const damages = step('a server', {
      run: async () => {
        for (const name of staged()) writeFileSync(join(root, name), 'A=half of i')
      },
    })
    expect(await failureOf(root, { before: [damages], after: [] })).toMatchObject({
      kind: 'surroundings',
      message: 'Could not write the files: one was changed by someone else. Nothing was changed.',
    })
    expect(snapshot(root)).toEqual(before)
    expect(staged()).toEqual([])
  })
})
