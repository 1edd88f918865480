import { chmodSync, copyFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { cli, root } from '../built.ts'
import { layDown } from '../wizard/install.ts'
import { temporaryFolder } from '../world/fake.ts'
import { defaultPath } from './wizard/default-path.ts'
import { onTerminal, whyNoTerminal } from './wizard/terminal.ts'

const obstacle = whyNoTerminal()

/** The example as somebody has it who copied `.env.example`. */
function copied(): string {
  const folder = layDown(temporaryFolder())
  chmodSync(join(folder, '.env'), 0o644)
  return folder
}

const flat = (text: string) => text.replace(/\s+/g, ' ').trim()

/**
 * What a page of the documentation shows as printed, line by line: indented by four columns, but for
 * what was typed, what was left out (`...`), and what differs from run to run.
 */
function shown(page: string, from: string, to: string): readonly string[] {
  const text = readFileSync(join(root, page), 'utf8')
  const part = text.slice(text.indexOf(from), text.indexOf(to))
  return part
    .split('\n')
    .filter((line) => line.startsWith('    ') && !/^\s+(?:\$ |\.\.\.$)|<time>/.test(line))
    .map((line) => flat(line).replace(/^\d+\. /, ''))
    .filter((line) => !ofThisHost.test(line))
}

/** A step that only some hosts need; the numbers of those after it depend on that. */
const ofThisHost = /\/dev\/net\/tun|^0666\):$/

function expectPrinted(lines: readonly string[], printed: string): void {
  const text = flat(printed)
  expect(lines.filter((line) => !text.includes(line))).toEqual([])
}

test('README shows what npm start prints', async () => {
  const folder = copied()
  await execa('git', ['init', '--quiet'], { cwd: folder })
  copyFileSync(join(root, 'templates/example/answers.yaml'), join(folder, 'answers.yaml'))
  const unattended = ['--answers', 'answers.yaml', '--yes', '--offline', '--fresh']
  const { stdout } = await execa('node', [cli, 'init', ...unattended], { cwd: folder })
  const lines = shown('README.md', 'What it printed there', '## Use it')
  expect(lines.length).toBeGreaterThan(20)
  expectPrinted(lines, stdout.replaceAll(folder, '.../tracecat'))
})

describe.skipIf(obstacle)(`on a terminal${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  test('docs/getting-started shows what the wizard asks and prints', async () => {
    const folder = copied()
    const { exitCode, text } = await onTerminal(['node', cli, 'init', folder], defaultPath, {
      columns: 80,
    })
    expect(exitCode, text).toBe(0)
    const lines = shown('docs/getting-started.md', '## The questions', '## With an identity')
    expect(lines.length).toBeGreaterThan(70)
    const socket = text.replaceAll('unix:///nonexistent/', 'unix:///var/run/')
    expectPrinted(lines, socket.replaceAll(folder, '/opt/tracecat'))
  })
})
