import { describe, expect, it } from 'vitest'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import { claimReplacedEnv } from '../../../src/plan/env/replaced-env.ts'
import { hashOf, overwrittenIn, type WrittenRecord } from '../../../src/plan/record.ts'

const record: WrittenRecord = new Map([
  ['env:A', { hash: hashOf('ours-a'), before: { kind: 'text', text: 'stock-a' } }],
  ['env:B', { hash: hashOf('ours-b'), before: { kind: 'absent' } }],
  ['override:services/x', { hash: 'h', before: { kind: 'absent' } }],
])
const env = (text: string) => parseEnvFile(text, '.env')

describe('an .env that was put back as a whole', () => {
  it('counts as ours, so that it is hardened again', () => {
    const claimed = claimReplacedEnv(record, env('A=stock-a\n'))
    expect(claimed.get('env:A')?.hash).toBe(hashOf('stock-a'))
    expect(claimed.get('env:A')?.before).toEqual({ kind: 'text', text: 'stock-a' })
    expect(claimed.get('override:services/x')).toEqual(record.get('override:services/x'))
  })

  it("stays the admin's where one value of ours is left", () => {
    expect(claimReplacedEnv(record, env('A=admins\nB=ours-b\n'))).toBe(record)
  })
})

describe('what stood there before us', () => {
  it('is known while our value stands, and no longer', () => {
    expect([...overwrittenIn(record, env('A=ours-a\nB=ours-b\n').assignments)]).toEqual([
      ['A', 'stock-a'],
    ])
    expect([...overwrittenIn(record, env('A=admins\n').assignments)]).toEqual([])
  })
})
