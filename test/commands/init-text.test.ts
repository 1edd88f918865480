import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, onTestFinished, test } from 'vitest'
import { initUnattended } from '../../src/commands/init/unattended.ts'
import { Masker } from '../../src/secrets/masker.ts'
import { dockerClient } from '../../src/surroundings/docker.ts'
import { listen } from '../e2e/wizard/provider.ts'
import { layDown, options } from '../wizard/install.ts'
import { fakeWorld, temporaryFolder } from '../world/fake.ts'

const answers = [
  'domain=tracecat.example.com',
  'sso.type=basic',
  "superadminEmail=o'hara@example.com",
  'allowedDomains=example.com',
]

interface Ran {
  readonly lines: readonly string[]
  /** With single blanks for line breaks and indents. */
  readonly text: string
}

/** What `init --yes` prints at this width, without Docker. */
async function init(
  folder: string,
  { set = [], fresh = true, columns = 80 }: { set?: string[]; fresh?: boolean; columns?: number },
): Promise<Ran> {
  const world = fakeWorld()
  const terminal = { ...world.terminal, columns }
  const asked = options(folder, { yes: true, fresh, set: [...answers, ...set] })
  expect(await initUnattended({ ...world, terminal }, new Masker(), asked)).toBe(0)
  const lines = world.printed.out.flatMap((text) => text.split('\n'))
  return { lines, text: lines.join(' ').replace(/\s+/g, ' ') }
}

test('at 60 columns only commands are longer', async () => {
  const { lines } = await init(layDown(temporaryFolder()), { columns: 60 })
  const isCommand = (line: string) => line.startsWith('        ')
  expect(lines.filter((line) => line.length > 60 && !isCommand(line))).toEqual([])
})

test('what stays of a whole file names it, and every reason stands once', async () => {
  const folder = layDown(temporaryFolder())
  chmodSync(join(folder, '.env'), 0o644)
  const { text } = await init(folder, {})
  expect(text).toContain('update .env only its owner and group may read it')
  expect(text).toContain('.env: mode 0640: its group may read it (a right')
  expect(text.match(/too low a limit ends workflows midway/g)).toHaveLength(1)
})

test('the executor becomes privileged untried: that is said before anything is written', async () => {
  const { text } = await init(layDown(temporaryFolder()), {})
  const [before = ''] = text.split('Stays, since')
  expect(before).toContain('The executor becomes privileged, since no jail could be tried')
  const asked = await init(layDown(temporaryFolder()), { set: ['executorPrivileges=confined'] })
  expect(asked.text).not.toContain('becomes privileged')
})

test('why Docker does not answer fits into a sentence', async () => {
  const stderr =
    'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?'
  const silent = { exitCode: 1, stdout: '', stderr, timedOut: false }
  const { version } = dockerClient(fakeWorld({ processes: () => silent }))
  expect(await version()).toEqual({
    known: false,
    why: 'Docker does not answer: Cannot connect to the Docker daemon at unix:///var/run/docker.sock',
  })
})

test('where something of ours was changed since, not everything is as it should be', async () => {
  const folder = layDown(temporaryFolder())
  await init(folder, {})
  expect((await init(folder, {})).text).toContain('nothing: everything is as it should be')
  const env = join(folder, '.env')
  const changed = readFileSync(env, 'utf8').replace('DISABLE_NSJAIL=false', 'DISABLE_NSJAIL=true')
  writeFileSync(env, changed)
  const { text } = await init(folder, {})
  expect(text).not.toContain('as it should be')
  expect(text).toContain('nothing: what was changed since is kept')
})

/** The numbered steps, each with its commands. */
function steps({ text }: Ran): readonly string[] {
  return (text.split('What to do next')[1] ?? '').split(/ (?=\d+\. )/).slice(1)
}

test('what comes next says where, and comes in an order that works', async () => {
  const folder = layDown(temporaryFolder())
  const ran = await init(folder, { set: ['tls=internal'], fresh: false })
  expect(ran.text).toContain(`What to do next, in ${folder}`)
  const order = ['docker compose up -d', 'compose cp caddy:', 'rotate postgres', 'superadmin']
  const found = order.map((part) => steps(ran).findIndex((step) => step.includes(part)))
  expect(found).not.toContain(-1)
  expect(found).toEqual([...found].sort((a, b) => a - b))
  expect(ran.text).toContain('tracecat-harden rotate postgres temporal-postgres minio')
})

test('of a volume that nobody saw nothing is claimed', async () => {
  const { text } = await init(layDown(temporaryFolder()), { fresh: false })
  expect(text).toContain('A volume that was made with this password keeps it')
})

test('nothing has to be rotated on a stack that was never started', async () => {
  const { text } = await init(layDown(temporaryFolder()), {})
  expect(text).not.toContain('tracecat-harden rotate')
})

const noPython = spawnSync('python3', ['--version']).status !== 0

test.skipIf(noPython)('the superadmin is made by one command, with any password', async () => {
  const { lines } = await init(layDown(temporaryFolder()), {})
  const command = lines.find((line) => line.includes('docker compose exec api')) ?? ''
  let received = ''
  const server = http.createServer(async (request, response) => {
    for await (const part of request) received += part
    response.end(`${request.method} ${request.url} ${request.headers['content-type']}`)
  })
  const { url, close } = await listen(server, 'http')
  onTestFinished(close)
  const here = command.replace('docker compose exec api ', '').replace('8000', new URL(url).port)
  // Detached from the terminal, Python's prompt reads the password from standard input.
  const { stdout } = await execa('sh', ['-c', here], {
    input: `it's "so" \\safe\n`,
    detached: true,
  })
  expect(stdout).toContain('POST /auth/register application/json')
  expect(JSON.parse(received)).toEqual({
    email: "o'hara@example.com",
    password: `it's "so" \\safe`,
  })
})
