import { describe, expect, it } from 'vitest'
import { addToService, type ComposeEdit, setInService } from '../../src/controls/edit.ts'
import { draftOverride } from '../../src/plan/draft-override.ts'
import type { WrittenRecord } from '../../src/plan/record.ts'

const file = 'docker-compose.override.yml'
const confined = [
  addToService('executor', 'cap_drop', 'ALL'),
  addToService('executor', 'security_opt', 'no-new-privileges:true'),
].map(({ edit }) => edit)
const privileged = [
  addToService('agent-executor', 'cap_add', 'SYS_ADMIN'),
  addToService('executor', 'cap_add', 'SYS_ADMIN'),
  setInService('executor', ['privileged'], true),
].map(({ edit }) => edit)
const none: WrittenRecord = new Map()

function draft(text: string, edits: readonly ComposeEdit['edit'][], record = none) {
  return draftOverride(text, file, edits, record)
}

describe('changed answers', () => {
  it.each([
    ['an empty file', ''],
    [
      "the admin's file",
      '# mine\nservices:\n  api:\n    mem_limit: 1g # enough\n  executor:\n    cap_drop: [NET_RAW]\n',
    ],
  ])('give what they would have given at first, in %s', (_name, start) => {
    const first = draft(start, confined)
    const second = draft(first.text, privileged, first.places)
    const direct = draft(start, privileged)
    expect(second.text).toBe(direct.text)
    expect(second.places).toEqual(direct.places)
  })

  it("leave the admin's comment on a line of ours where it is", () => {
    const first = draft('', [...confined, ...privileged])
    const touched = first.text.replace('privileged: true', 'privileged: true # see ticket 7')
    const second = draft(touched, privileged, first.places)
    expect(second.text).toContain('privileged: true # see ticket 7')
    expect(second.text).not.toContain('cap_drop')
  })

  it('lose no item of a list that is taken back as a whole', () => {
    const whole = setInService('executor', ['security_opt'], {
      tag: '!override',
      data: ['a:b'],
    }).edit
    const item = addToService('executor', 'security_opt', 'a:b').edit
    const first = draft('', [whole])
    expect(draft(first.text, [item], first.places).text).toBe(draft('', [item]).text)
  })
})

describe('what stood at a place before us', () => {
  const start = '# mine\nservices:\n  mcp:\n    restart: on-failure # three times\n'
  const wanting = (policy: string) => [setInService('mcp', ['restart'], policy).edit]

  it('comes back after any number of writes of ours', () => {
    let last = draft(start, wanting('always'))
    for (const policy of ['unless-stopped', 'always', 'unless-stopped']) {
      last = draft(last.text, wanting(policy), last.places)
      expect(last.text).toContain(`restart: ${policy}`)
    }
    expect([...last.places.values()].map(({ before }) => before)).toEqual([
      { kind: 'value', value: 'on-failure' },
    ])
    expect(draft(last.text, [], last.places).text).toBe(start)
  })

  it("comes back where the admin's changes keep the file from being drafted anew", () => {
    const privilege = setInService('executor', ['privileged'], true).edit
    const first = draft(start, [...wanting('always'), privilege])
    const touched = first.text.replace('privileged: true', 'privileged: false')
    const second = draft(touched, [...wanting('unless-stopped'), privilege], first.places)
    expect(second.text).toContain('restart: unless-stopped')
    expect(second.drift.map(({ what }) => what)).toEqual(['services.executor.privileged'])
    const third = draft(second.text, [privilege], second.places)
    expect(third.text).toContain('restart: on-failure # three times')
  })

  it('is nothing, where nothing stood there', () => {
    const first = draft('', wanting('always'))
    const second = draft(first.text, wanting('unless-stopped'), first.places)
    expect([...second.places.values()].map(({ before }) => before)).toEqual([{ kind: 'absent' }])
    expect(draft(second.text, [], second.places).text.trim()).toBe('')
  })
})
