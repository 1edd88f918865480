import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { execa } from 'execa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { describeStock, releases, upstream } from '../stock.ts'
import wanted from '../stock-releases.json' with { type: 'json' }

const script = fileURLToPath(new URL('../../scripts/fetch-stock.mjs', import.meta.url))
const names = ['.env.example', 'Caddyfile', 'docker-compose.yml']

let folder: string
let target: string
let server: Server | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tracecat-fetch-'))
  target = join(folder, 'stock')
})
afterEach(() => {
  server?.close()
  server = undefined
  rmSync(folder, { recursive: true, force: true })
})

async function mirror(answer: RequestListener): Promise<string> {
  const listening = createServer(answer)
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}/mirror`
}

async function fetchStock(args: readonly string[], from = '') {
  return await execa(process.execPath, [script, '--to', target, ...args], {
    reject: false,
    env: { TRACECAT_UPSTREAM: from, NO_PROXY: '127.0.0.1' },
  })
}

/** Everything below the test's folder, so that nothing left behind is overlooked. */
function left(): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
}

describe('what is not what Tracecat published', () => {
  test('is refused with the file and both checksums, and leaves nothing', async () => {
    const url = await mirror((_, response) => response.end('not what was published\n'))
    const { exitCode, stderr } = await fetchStock(['--upstream', url])
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`${url}/${wanted[0]}/docker-compose.yml is not the file`)
    expect(stderr).toMatch(/SHA-256 is [0-9a-f]{64}, expected [0-9a-f]{64}/)
    expect(left()).toEqual([])
  })

  test('from a folder without the files as well', async () => {
    mkdirSync(join(folder, 'from'))
    const { exitCode, stderr } = await fetchStock([], join(folder, 'from'))
    expect(exitCode).toBe(2)
    expect(stderr).toContain(`has no docker-compose.yml for Tracecat ${wanted[0]}`)
    expect(left()).toEqual(['from'])
  })

  test('an option that it does not have is named', async () => {
    const { exitCode, stderr } = await fetchStock(['--mirror', 'x'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain("'--mirror'")
    expect(stderr).not.toContain(' at ')
  })
})

describeStock('the stock files', () => {
  const published: RequestListener = ({ url }, response) =>
    void response.end(readFileSync(join(upstream, url?.replace('/mirror/', '') ?? '')))

  test('come from a mirror, all of them, in place of what was there', async () => {
    mkdirSync(join(target, '0.1.0'), { recursive: true })
    const { exitCode, stderr } = await fetchStock(['--upstream', await mirror(published)])
    expect(exitCode, stderr).toBe(0)
    expect(readdirSync(folder)).toEqual(['stock'])
    expect(readdirSync(target).sort()).toEqual([...releases].sort())
    for (const release of releases) {
      expect(readdirSync(join(target, release)).sort()).toEqual(names)
      for (const name of names)
        expect(readFileSync(join(target, release, name))).toEqual(
          readFileSync(join(upstream, release, name)),
        )
    }
  })

  test('come from a folder that TRACECAT_UPSTREAM names', async () => {
    expect((await fetchStock([], upstream)).exitCode).toBe(0)
    expect(readdirSync(target).sort()).toEqual([...releases].sort())
  })

  test.each([
    ['answers no more', (path: string) => path.includes('beta.51'), 500, 3],
    ['has one that is cut off', (path: string) => path.endsWith('beta.51/Caddyfile'), 200, 2],
  ])('where the mirror %s, what was there stays', async (_, isBad, status, expected) => {
    mkdirSync(target)
    writeFileSync(join(target, 'before'), '')
    const url = await mirror((request, response) => {
      if (!isBad(request.url ?? '')) return published(request, response)
      response.statusCode = status
      response.end('{')
    })
    const { exitCode, stderr } = await fetchStock(['--upstream', url])
    expect(exitCode, stderr).toBe(expected)
    expect(left()).toEqual(['stock', 'stock/before'])
  })
})
