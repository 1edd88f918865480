import { screen } from '@inquirer/testing/vitest'
import { expect, test } from 'vitest'
import { Masker } from '../../src/secrets/masker.ts'
import { inquirerPrompter } from '../../src/wizard/inquirer-prompter.ts'
import { fakeWorld } from '../world/fake.ts'

const settled = () => new Promise((done) => setTimeout(done, 20))

function prompter(masker = new Masker(), parts: Parameters<typeof fakeWorld>[0] = {}) {
  const world = fakeWorld(parts)
  return { asker: inquirerPrompter(world, masker), world, masker }
}

test('what is wrong with an answer is said, and the answer can be mended', async () => {
  const { asker } = prompter()
  const answer = asker.text({
    message: 'Address:',
    validate: (text) => (text.endsWith('.com') ? undefined : 'This is no name.'),
  })
  screen.type('tracecat')
  screen.keypress('enter')
  await settled()
  expect(screen.getScreen()).toBe('? Address: tracecat\n> This is no name.')
  screen.type('.com ')
  screen.keypress('enter')
  await expect(answer).resolves.toBe('tracecat.com')
})

test('a secret shows as asterisks, cannot be unmasked, and is masked everywhere from then on', async () => {
  const { asker, world, masker } = prompter()
  const answer = asker.secret({ message: 'Client secret:', validate: () => undefined })
  screen.type('s3cret-of-okta')
  screen.keypress({ name: 't', ctrl: true })
  await settled()
  expect(screen.getScreen()).toBe(`? Client secret: ${'*'.repeat(14)}`)
  screen.keypress('enter')
  await expect(answer).resolves.toBe('s3cret-of-okta')
  asker.say('It is s3cret-of-okta')
  expect(world.printed.out.join('\n')).not.toContain('s3cret')
  expect(masker.holdsSecret('s3cret-of-okta')).toBe(true)
})

test('what is said moves no cursor, keeps its lines, and no secret is broken in two', () => {
  const { asker, world, masker } = prompter()
  masker.learn('correct horse battery staple')
  const words = 'These are the words that it was told before: '
  asker.say(`one\u001b[2J\n  two\u202e`, `${words}${words}correct horse battery staple`)
  expect(world.printed.out.slice(1, 3)).toEqual(['one\\u001b[2J', '  two\\u202e'])
  expect(world.printed.out.join('\n')).not.toMatch(/horse|staple/)
})

test('a question quotes no character that the terminal obeys, nor offers one as the answer', async () => {
  const { asker } = prompter()
  const answer = asker.text({
    message: 'Really a\u202e\u001b[2J?',
    default: 'x\u202ey',
    validate: () => undefined,
  })
  await settled()
  expect(screen.getScreen()).toBe('? Really a\\u202e\\u001b[2J?')
  screen.type('y')
  screen.keypress('enter')
  await expect(answer).resolves.toBe('y')
})

test('a choice has numbers, and no color where none is wanted', async () => {
  const { asker } = prompter()
  const answer = asker.choose({
    message: 'Certificate (TLS):',
    choices: [
      { value: 'automatic', name: 'automatic', hint: 'Renewed by itself.' },
      { value: 'internal', name: 'internal' },
    ],
  })
  expect(screen.getScreen({ raw: true })).not.toMatch(/\[[0-9;]*m/)
  expect(screen.getScreen()).toBe(
    '? Certificate (TLS):\n> 1. automatic\n  2. internal\n\nRenewed by itself.\narrows or a number, then Enter',
  )
  screen.type('2')
  screen.keypress('enter')
  await expect(answer).resolves.toBe('internal')
})

test('Ctrl-C while something is waited for ends it', async () => {
  const { asker } = prompter(new Masker(), {
    interrupts: { hold: () => ({ requested: () => true, release() {} }) },
  })
  await expect(asker.wait('Looking', () => new Promise(() => undefined))).rejects.toMatchObject({
    kind: 'canceled',
  })
})

test('lines are wrapped at the screen, and keep their indent', () => {
  const { asker, world } = prompter()
  asker.say(`  ${'word '.repeat(30).trim()}`)
  const [blank, ...lines] = world.printed.out
  expect(blank).toBe('')
  expect(lines.length).toBeGreaterThan(1)
  for (const line of lines) expect(line).toMatch(/^ {2}\S.{0,77}$/)
})
