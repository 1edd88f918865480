import { describe, expect, test } from 'vitest'
import { setVariableTo } from '../../../src/controls/edit.ts'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import { draftEnv } from '../../../src/plan/env/draft-env.ts'
import { hashOf } from '../../../src/plan/record.ts'
import { Secret } from '../../../src/secrets/secret.ts'

const draft = (text: string, ...edits: Parameters<typeof draftEnv>[1]) =>
  draftEnv(parseEnvFile(text, '.env'), edits, new Map(), {}).env.text

test('a name of ours that stands twice with the wanted value stands once', () => {
  const text = 'KEY=old\nOTHER=1\nKEY=wanted\n'
  expect(draft(text, setVariableTo('KEY', new Secret('wanted')))).toBe('KEY=wanted\nOTHER=1\n')
})

test('twice stays twice where once would mean something else', () => {
  const text = 'KEY=old\nHOST=h\nKEY=http://${HOST}\n'
  expect(draft(text, setVariableTo('KEY', 'http://h'))).toBe(text)
})

test("other people's names stay as often as they are", () => {
  const text = 'MINE=1\nMINE=2\nKEY=wanted\n'
  expect(draft(text, setVariableTo('KEY', 'wanted'))).toBe(text)
})

test('what a value refers to is moved above it', () => {
  const text = 'URL=x\nNAME=n\n'
  const edits = [setVariableTo('URL', 'n!', { expression: '${NAME}!' }), setVariableTo('NAME', 'n')]
  expect(draft(text, ...edits)).toBe('NAME=n\nURL=${NAME}!\n')
})

describe('a secret of ours that somebody changed', () => {
  const record = new Map([
    ['env:KEY', { hash: hashOf('what-we-wrote'), before: { kind: 'absent' } as const }],
  ])
  const drafted = (now: string, value: string | Secret = new Secret('wanted')) =>
    draftEnv(parseEnvFile(`KEY=${now}\n`, '.env'), [setVariableTo('KEY', value)], record, {})

  test.each([
    'postgres',
    'changeme',
    '"changeme"',
    "'your-auth-secret'",
    '',
  ])('back to what everybody knows (%j) is not theirs: it is written again', (now) => {
    const { env, drift } = drafted(now)
    expect([env.text, drift]).toEqual(['KEY=wanted\n', []])
  })

  test('to a value of their own is theirs, and shown', () => {
    const { env, drift } = drafted('their-own')
    expect([env.text, drift]).toEqual(['KEY=their-own\n', [{ file: '.env', what: 'KEY' }]])
  })

  test('stands for no variable that holds no secret: a known word there is a choice', () => {
    const { env, drift } = drafted('none', 'wanted')
    expect([env.text, drift]).toEqual(['KEY=none\n', [{ file: '.env', what: 'KEY' }]])
  })
})
