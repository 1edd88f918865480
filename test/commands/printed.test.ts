import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditFormats } from '../../src/commands/audit/options.ts'
import { audit } from '../../src/commands/audit.ts'
import { initUnattended } from '../../src/commands/init/unattended.ts'
import { restore } from '../../src/commands/restore.ts'
import { rotate } from '../../src/commands/rotate.ts'
import { Failure } from '../../src/failure.ts'
import { describeFailure } from '../../src/report/failure-text.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { layDown, options } from '../wizard/install.ts'
import {
  type FakeParts,
  type FakeWorld,
  fakeWorld,
  type Script,
  temporaryFolder,
} from '../world/fake.ts'

const kinds = {
  'control characters': '\u001b[2J\u001b]0;x\u0007\u009b31m\u0085\u007f\b',
  'characters that turn the direction around':
    '\u202e\u202a\u202d\u2066\u2069\u200e\u200f\u061c\u2028\u2029',
}

const obeyed = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u

const answers = ['domain=tracecat.example.com', 'sso.type=basic', 'superadminEmail=a@example.com']
const initOptions = (folder: string, more: object) =>
  options(folder, {
    yes: true,
    fresh: true,
    set: [...answers, 'allowedDomains=example.com'],
    ...more,
  })
const quiet = { yes: true, dryRun: true, json: false, verbose: true }

type Command = (world: FakeWorld, masker: Masker, folder: string) => Promise<number>

const commands: Readonly<Record<string, Command>> = {
  ...Object.fromEntries(
    auditFormats.map((format): readonly [string, Command] => [
      `audit --format ${format}`,
      (world, _, folder) =>
        audit(world, {
          directories: [folder, `${folder}/none`],
          ...{ format, failOn: 'low', include: [], controls: [], verbose: true },
        }),
    ]),
  ),
  'init --dry-run': (world, masker, folder) =>
    initUnattended(world, masker, initOptions(folder, { dryRun: true, verbose: true })),
  'init --json': (world, masker, folder) =>
    initUnattended(world, masker, initOptions(folder, { json: true })),
  rotate: (world, masker, folder) =>
    rotate(world, masker, {
      ...{ directory: folder, names: [], all: true, acceptBreakage: true, ...quiet },
    }),
  restore: (world, masker, folder) => {
    const [backup] = backupsOf(folder)
    const how = { directory: folder, backup, filesOnly: true, prune: false, ...quiet }
    return restore(world, masker, how)
  },
}

/** Every line that a command prints, as cli.ts prints it. */
async function printed(command: Command, folder: string, parts: FakeParts): Promise<string> {
  const world = fakeWorld(parts)
  const masker = new Masker()
  try {
    await command(world, masker, folder)
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    world.terminal.err(masker.mask(describeFailure(error, 80, masker).join('\n')))
  }
  return [...world.printed.out, ...world.printed.err].join('\n')
}

function backupsOf(folder: string): readonly string[] {
  return readdirSync(join(folder, '.tracecat-harden/backups'))
}

function add(folder: string, name: string, change: (text: string) => string): void {
  const path = join(folder, name)
  writeFileSync(path, change(readFileSync(path, 'utf8')))
}

/** Where an attacker may put them; what each makes of a hardened install. */
const places: Readonly<Record<string, (folder: string, bad: string) => void>> = {
  'a value of .env': (folder, bad) =>
    add(
      folder,
      '.env',
      (text) => `${text}\nNOTE="${bad}"\nTRACECAT__PUBLIC_APP_URL=http://${bad}\n`,
    ),
  'a name of .env': (folder, bad) => add(folder, '.env', (text) => `${text}\nA${bad}=1\n`),
  'a service': (folder, bad) =>
    add(folder, 'docker-compose.yml', (text) =>
      text.replace(
        /^services:\n/m,
        `services:\n  ${JSON.stringify(bad)}:\n    image: ${JSON.stringify(`x/y${bad}:latest`)}\n    ports: ["80"]\n    privileged: true\n`,
      ),
    ),
  'a comment of the Compose file': (folder, bad) =>
    add(folder, 'docker-compose.yml', (text) => `# ${bad}\n${text}# ${bad}\n`),
  'a route': (folder, bad) =>
    add(
      folder,
      'Caddyfile',
      (text) => `${text}\n${bad}.example.com {\nreverse_proxy x${bad}:1\n}\n`,
    ),
  'an answer': (folder, bad) =>
    writeFileSync(
      join(folder, 'tracecat-harden.yaml'),
      `${JSON.stringify(bad)}: x\ndomain: ${JSON.stringify(bad)}\n`,
    ),
  'a reason for a risk': (folder, bad) =>
    add(
      folder,
      'tracecat-harden.yaml',
      (text) => `${text}\naccept: [{ control: tls, reason: ${JSON.stringify(bad)} }]\n`,
    ),
  'a manifest': (folder, bad) => {
    const path = `.tracecat-harden/backups/${backupsOf(folder)[0]}/manifest.json`
    add(folder, path, (text) => JSON.stringify({ ...JSON.parse(text), command: bad, release: bad }))
  },
  'a record': (folder, bad) =>
    writeFileSync(join(folder, '.tracecat-harden/written.json'), JSON.stringify({ [bad]: 1 })),
}

/** A hardened install, with a backup: each test works on a copy. */
const hardened = mkdtempSync(join(tmpdir(), 'harden-printed-'))
beforeAll(async () => {
  layDown(hardened)
  expect(await initUnattended(fakeWorld(), new Masker(), initOptions(hardened, {}))).toBe(0)
})
afterAll(() => rmSync(hardened, { recursive: true, force: true }))

async function expectNothingRaw(folder: string, parts: FakeParts = {}): Promise<void> {
  for (const [name, command] of Object.entries(commands)) {
    const text = await printed(command, folder, parts)
    expect(text, name).not.toBe('')
    expect(text, name).not.toMatch(obeyed)
  }
}

describe.each(Object.entries(kinds))('%s', (_, bad) => {
  test.each(Object.entries(places))('in %s', async (_place, put) => {
    const folder = join(temporaryFolder(), 'install')
    cpSync(hardened, folder, { recursive: true })
    put(folder, bad)
    await expectNothingRaw(folder)
  })

  test("in the folder's name", async () => {
    const folder = join(temporaryFolder(), `a${bad}`)
    cpSync(hardened, folder, { recursive: true })
    await expectNothingRaw(folder)
  })

  test.each([
    ['refuses', () => ({ exitCode: 1, stderr: `refused ${bad}` })],
    [
      'lists',
      (args: readonly string[]) => ({ stdout: args[0] === 'ps' ? 'c1\n' : described(bad) }),
    ],
    ['lists what cannot be read', () => ({ stdout: bad })],
  ])('in what Docker says: it %s', async (_how, answer) => {
    const folder = join(temporaryFolder(), 'install')
    cpSync(hardened, folder, { recursive: true })
    const processes: Script = (program, args) => (program === 'docker' ? answer(args) : 'missing')
    await expectNothingRaw(folder, { processes })
  })
})

test('JSON says them as they are', async () => {
  const folder = join(temporaryFolder(), 'a\u202e\u001b')
  cpSync(hardened, folder, { recursive: true })
  const json = commands['audit --format json']
  if (json === undefined) throw new Error('there is one')
  const world = fakeWorld()
  await json(world, new Masker(), folder)
  expect(JSON.parse(world.printed.out.join('\n')).installs[0].dir).toBe(folder)
})

/** A container whose every word holds the characters. */
function described(bad: string): string {
  const Labels = {
    'com.docker.compose.service': `api${bad}`,
    'com.docker.compose.project': bad,
    'com.docker.compose.project.working_dir': bad,
  }
  const Config = { Image: bad, Labels, Env: [`A=${bad}`] }
  const State = { Status: 'running', ExitCode: 0 }
  const one = { Id: 'c1', Name: `/${bad}`, Image: 'sha256:0', RestartCount: 0, State, Config }
  return JSON.stringify([{ ...one, NetworkSettings: {} }])
}
