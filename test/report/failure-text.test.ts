import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/failure.ts'
import { describeFailure } from '../../src/report/failure-text.ts'
import { withSafeLog } from '../../src/report/safe-log.ts'
import { Masker } from '../../src/secrets/masker.ts'

const masker = new Masker()
const spoken = 'correct horse battery staple of theirs'
masker.learn(spoken)

test.each([
  40, 47, 60, 80,
])('a secret with blanks is not shown in two halves, %i columns', (columns) => {
  const failure = new Failure('surroundings', `The server says: refused ${spoken} for the role x`, {
    remedy: `Some words before it, then ${spoken}, then more.`,
  })
  const text = describeFailure(failure, columns, masker).join('\n')
  expect(text).toMatch(/\*{8} for/)
  expect(text).not.toMatch(/horse|staple/)
})

test('what a program or a file name says moves no cursor, and no login is in it', () => {
  const failure = new Failure(
    'surroundings',
    'It says: \u001b[2Jgone\r\nat redis://:short@cache/0',
    {
      where: { file: 'a\u001b]0;title\u0007b' },
      remedy: 'Look\u202e there:\n  docker logs a\u0000b',
    },
  )
  const printed = new Masker().mask(describeFailure(failure, 80).join('\n'))
  expect(printed.reveal().split('\n')).toEqual([
    'a\\u001b]0;title\\u0007b: It says: \\u001b[2Jgone ',
    'at redis://***@cache/0',
    'Look\\u202e there:',
    '  docker logs a\\u0000b',
  ])
})

describe('the log of a service', () => {
  const shown = (...lines: readonly string[]) => {
    const remedy = ['The last lines of its log:', ...lines.map((line) => `  ${line}`)].join('\n')
    const failure = withSafeLog(new Failure('surroundings', 'It ended', { remedy }), masker)
    return describeFailure(failure, 80, masker)
  }

  test('keeps its lines and their indent', () => {
    expect(shown('one', 'two')).toEqual([
      'It ended',
      'The last lines of its log:',
      '  one',
      '  two',
    ])
  })

  test.each([
    ['connecting to postgresql://app:short@db/x', 'postgresql://app:********@db/x'],
    ['PGPASSWORD=hunter2', 'PGPASSWORD=********'],
    [`using ${spoken}`, 'using ********'],
  ])('shows no password, however short: %s', (line, safe) => {
    expect(shown(line).join('\n')).toContain(safe)
    expect(shown(line).join('\n')).not.toMatch(/short|hunter2|horse/)
  })

  test('moves no cursor and rewrites no line', () => {
    const text = shown('\u001b[31mred\u001b[0m', 'a\u001b]0;title\u0007b', 'c\rd', 'e\u202ef')
    expect(text.slice(2)).toEqual([
      '  red',
      '  a\\u001b]0;title\\u0007b',
      '  c\\u000dd',
      '  e\\u202ef',
    ])
  })
})

test('lines to copy are shown as they are, in other words for the failure as well', () => {
  const long = `    REDIS_PASSWORD: "${'x '.repeat(50)}"`
  const failure = new Failure('badInput', 'not written', { lines: ['services:', long] })
  const shown = describeFailure(failure.but({ message: 'stopped: not written' }), 80)
  expect(shown).toEqual(['stopped: not written', '  services:', `  ${long}`])
})
