import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../src/failure.ts'
import { answers } from '../product/answers.ts'
import { failureOf, look, open, runInit, snapshot, textOf } from '../product/run.ts'
import { temporaryFolder } from '../world/fake.ts'
import { auditDocument, stockFolder } from './installs.ts'

const stock = readFileSync(new URL('../../templates/example/Caddyfile', import.meta.url), 'utf8')
const own = 'grafana.example.org {\n\treverse_proxy grafana:3000\n}\n'
const edge = `${stock}\n${own}`
const fresh = { options: { fresh: true } }

const overrideWith = (caddy: string) => `services:\n  caddy:\n${caddy}`
const volumes = (...items: string[]) =>
  overrideWith(`    volumes:\n${items.map((item) => `      - ${item}\n`).join('')}`)

describe('the Caddyfile that Caddy really reads is the one whose sites are carried over', () => {
  test.each([
    ['a variable with a default', volumes('${EDGE_DIR:-./edge}/Caddyfile:/etc/caddy/Caddyfile')],
    ['the folder of the shell', volumes('${PWD}/edge/Caddyfile:/etc/caddy/Caddyfile')],
    ['its folder', overrideWith('    volumes: !override\n      - ./edge:/etc/caddy\n')],
    [
      'one that the command names',
      overrideWith(
        '    command: caddy run --config /srv/edge/Caddyfile\n    volumes: ["./edge:/srv/edge"]\n',
      ),
    ],
  ])('%s', async (_, override) => {
    const folder = stockFolder({
      'docker-compose.override.yml': override,
      'edge/Caddyfile': edge,
    })
    expect((await runInit(folder, answers(), fresh)).exitCode).toBe(0)
    expect(textOf(folder, 'caddy/Caddyfile')).toContain(own.trim())
    const { judgement } = await look(folder, fresh)
    expect(open(judgement)).toEqual([])
    expect([...judgement.passed.keys()]).toContain('caddyfile-mounted')
    expect(judgement.skipped).toEqual([])
  })

  test('a path outside of the folder, and what is not for everybody stays so', async () => {
    const elsewhere = temporaryFolder()
    writeFileSync(join(elsewhere, 'Caddyfile'), edge)
    chmodSync(join(elsewhere, 'Caddyfile'), 0o640)
    const override = volumes(`${elsewhere}/Caddyfile:/etc/caddy/Caddyfile`)
    const folder = stockFolder({ 'docker-compose.override.yml': override })
    expect((await runInit(folder, answers(), fresh)).exitCode).toBe(0)
    expect(textOf(folder, 'caddy/Caddyfile')).toContain(own.trim())
    expect(statSync(join(folder, 'caddy/Caddyfile')).mode & 0o777).toBe(0o640)
    expect(readFileSync(join(elsewhere, 'Caddyfile'), 'utf8')).toBe(edge)
  })

  test.each([
    ['is not there', volumes('./gone/Caddyfile:/etc/caddy/Caddyfile'), 3],
    ['is a folder', volumes('./edge:/etc/caddy/Caddyfile'), 3],
    [
      'is in a volume',
      `${overrideWith('    volumes: !override ["edge:/etc/caddy"]\n')}volumes:\n  edge:\n`,
      3,
    ],
    ['is JSON', overrideWith('    command: caddy run --config /etc/caddy/caddy.json\n'), 3],
    [
      'is a config of Compose',
      `${overrideWith('    volumes: !override ["./x:/x"]\n    configs: [{source: c, target: /etc/caddy/Caddyfile}]\n')}configs: {c: {file: ./edge/Caddyfile}}\n`,
      4,
    ],
    [
      'is in an image',
      overrideWith('    image: registry.example.com/edge:1\n    volumes: !override ["./x:/x"]\n'),
      3,
    ],
  ])('init stops where it %s, with file and line, and changes nothing', async (_, override, line) => {
    const folder = stockFolder({
      'docker-compose.override.yml': override,
      'edge/Caddyfile': edge,
    })
    mkdirSync(join(folder, 'x'))
    const before = snapshot(folder)
    const failure = await failureOf(runInit(folder, answers(), fresh))
    expect(failure).toBeInstanceOf(Failure)
    expect(failure).toMatchObject({
      kind: 'badInput',
      where: { file: 'docker-compose.override.yml', line },
    })
    expect(snapshot(folder)).toEqual(before)
  })
})

test('audit reads ${PWD} as the folder of the install, wherever it is called from', async () => {
  const override = volumes('${PWD}/Caddyfile:/etc/caddy/Caddyfile')
  const folder = stockFolder({ 'docker-compose.override.yml': override })
  const { installs } = await auditDocument([folder], {}, { env: { PWD: '/somewhere/else' } })
  expect(installs[0]?.skipped).toEqual([])
  expect(installs[0]?.findings.map(({ control }) => control)).toContain('open-sign-up')
})

describe('what was not taken over', () => {
  test.each([
    ['auto_https', `{\n\tauto_https disable_redirects\n}\n${stock}`],
    ['differs from the stock route', stock.replace('api:8000', 'api2:8000')],
  ])('is said in JSON as in text: %s', async (what, caddyfile) => {
    const folder = stockFolder({ Caddyfile: caddyfile })
    const dry = { options: { fresh: true, dryRun: true } }
    const text = await runInit(folder, answers(), dry)
    const json = await runInit(folder, answers(), { options: { ...dry.options, json: true } })
    const document = JSON.parse(json.world.printed.out.join('\n'))
    const said = document.notes.filter((note: string) => note.startsWith('Not taken over'))
    expect(said).toHaveLength(1)
    expect(text.printed.replace(/\s+/g, ' ')).toContain(said[0].replace(/\s+/g, ' '))
    expect(document.steps.flatMap((one: { commands: string[] }) => one.commands)).toContain(
      'docker compose up -d',
    )
    expect(said[0]).toContain(what)
  })
})
