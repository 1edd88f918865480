import { readdirSync, readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { docs } from '../../scripts/control-docs.ts'
import { explain } from '../../src/commands/explain.ts'
import { controls } from '../../src/controls/registry.ts'
import { Failure } from '../../src/failure.ts'
import { fakeWorld } from '../world/fake.ts'

const folder = new URL('../../docs/controls/', import.meta.url)

function explained(control: string | undefined, json = false): string {
  const world = fakeWorld()
  expect(explain(world, { control, json })).toBe(0)
  return world.printed.out.join('\n')
}

test('docs/controls is what the rules say: npm run docs makes it', () => {
  const written = new Map(
    readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
  )
  expect(written).toEqual(new Map(docs))
})

test.each(
  controls.map(({ meta }) => meta),
)('explain $id prints its page, and its meta as JSON', (meta) => {
  const page = readFileSync(new URL(`${meta.id}.md`, folder), 'utf8')
  expect(`${explained(meta.id)}\n`).toBe(page)
  for (const text of [meta.title, meta.why, meta.risk, meta.fix, meta.reference]) {
    expect(page.replaceAll('\n', ' ')).toContain(text)
  }
  expect(page.split('\n').filter((line) => line.length > 80 && line.includes(' '))).toEqual([])
  expect(JSON.parse(explained(meta.id, true))).toEqual(meta)
})

test('a control that is not there is refused with the one that was meant, and none with all', () => {
  expect(() => explained('redis-auht')).toThrow(Failure)
  expect(() => explained('redis-auht')).toThrow(
    expect.objectContaining({ remedy: 'Did you mean redis-auth?' }),
  )
  expect(() => explained('redis')).toThrow(
    expect.objectContaining({
      remedy: 'Did you mean redis-auth, redis-memory, redis-persistence, redis-url-logged?',
    }),
  )
  expect(() => explained(undefined)).toThrow(
    expect.objectContaining({ remedy: expect.stringContaining('redis-auth, ') }),
  )
})
