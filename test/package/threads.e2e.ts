import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { cli, root } from '../built.ts'

const example = join(root, 'templates/example')
const folder = mkdtempSync(join(tmpdir(), 'tracecat-harden-threads-'))
const directories = Array.from({ length: 80 }, (_, index) => join(folder, `install-${index}`))

beforeAll(async () => {
  for (const [index, directory] of directories.entries()) {
    mkdirSync(directory)
    for (const name of ['docker-compose.yml', 'Caddyfile']) {
      copyFileSync(join(example, name), join(directory, name))
    }
    const env = readFileSync(join(example, 'dot-env'), 'utf8')
    // One that cannot be read is reported among the others.
    writeFileSync(join(directory, '.env'), index === 40 ? 'A="' : `${env}# ${index}\n`)
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function audit(some: readonly string[]) {
  const { stdout, stderr, exitCode } = await execa(
    process.execPath,
    [cli, 'audit', '--json', ...some],
    { reject: false, env: { NODE_DEBUG: 'worker' } },
  )
  const { installs, failed = [] } = JSON.parse(stdout) as { installs: object[]; failed?: object[] }
  const said = (what: RegExp) => stderr.match(what)?.length ?? 0
  return {
    installs,
    failed,
    exitCode,
    threads: said(/created Worker/g),
    ended: said(/terminates Worker/g),
  }
}

test('the bundle audits many installs in threads, as it audits few of them in one', async () => {
  const whole = await audit(directories)
  const [first, second] = [
    await audit(directories.slice(0, 41)),
    await audit(directories.slice(41)),
  ]
  expect(first.threads + second.threads).toBe(0)
  expect(whole.installs).toEqual([...first.installs, ...second.installs])
  expect(whole.failed).toEqual([...first.failed, ...second.failed])
  expect([whole.installs.length, whole.failed.length, whole.exitCode]).toEqual([79, 1, 2])
  if (availableParallelism() < 2) return
  expect(whole.threads).toBe(2)
  // Both lived to the end: where one has failed, the main thread does its part.
  expect(whole.ended).toBe(2)
})
