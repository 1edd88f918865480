import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { execa } from 'execa'

/** What has to appear, and what is typed then. */
export type Step = readonly [waitFor: string, type: string]

export const enter = '\r'
export const controlC = '\u0003'
export const controlZ = '\u001a'

export interface Screen {
  readonly exitCode: number | undefined
  /** Everything that came, as it came. */
  readonly raw: string
  /** Without control characters. */
  readonly text: string
  /** The terminal's settings when the program had ended. */
  readonly settings: string
}

export interface Terminal {
  readonly env?: Readonly<Record<string, string>>
  readonly columns?: number
}

/** Why no pseudo-terminal can be driven here, or undefined. */
export function whyNoTerminal(): string | undefined {
  if (spawnSync('expect', ['-v']).status !== 0) return 'expect is not installed'
  return spawnSync('openssl', ['version']).status === 0 ? undefined : 'openssl is not installed'
}

/** Runs a program on a real pseudo-terminal and types, by `expect`. */
export async function onTerminal(
  program: readonly string[],
  steps: readonly Step[],
  { env = {}, columns = 60 }: Terminal = {},
): Promise<Screen> {
  const folder = mkdtempSync(join(tmpdir(), 'harden-terminal-'))
  const script = join(folder, 'script.exp')
  // The shell stays for its terminal: how the program left it is asked when it has ended.
  const shell = `trap : INT; "$@"; code=$?; echo "==ended=="; stty -a | tr '\\n' ' '; exit $code`
  const lines = [
    'set timeout 60',
    `spawn -noecho sh -c ${tcl(shell)} sh ${program.map(tcl).join(' ')}`,
    `stty rows 24 columns ${columns} < $spawn_out(slave,name)`,
    ...steps.flatMap(([waitFor, type]) => [
      `expect -ex ${tcl(waitFor)} {} timeout { exit 97 } eof { exit 98 }`,
      `send -- ${tcl(type)}`,
    ]),
    'expect eof {} timeout { exit 97 }',
    'set result [wait]',
    'if {[llength $result] > 4} { exit 99 }',
    'exit [lindex $result 3]',
  ]
  writeFileSync(script, lines.join('\n'))
  try {
    const result = await execa('expect', [script], {
      // Docker is left out: what it holds on this machine is no part of these tests.
      env: {
        NO_COLOR: '1',
        PAGER: 'cat',
        DOCKER_HOST: 'unix:///nonexistent/docker.sock',
        TERM: 'xterm',
        ...env,
      },
      reject: false,
      stripFinalNewline: false,
    })
    const [raw = '', settings = ''] = result.stdout.split('==ended==')
    const text = stripVTControlCharacters(raw).replaceAll('\r', '')
    return { exitCode: result.exitCode, raw, text, settings }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A word of Tcl in which nothing means anything. */
function tcl(text: string): string {
  return `"${text.replace(/[^A-Za-z0-9 ]/g, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`
}
