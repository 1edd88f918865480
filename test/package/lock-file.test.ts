import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('the lock file ties nobody to one registry: checksums, no addresses', () => {
  const lock = JSON.parse(
    readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8'),
  ) as { packages: Record<string, { resolved?: string; integrity?: string }> }
  const installed = Object.entries(lock.packages).filter(([path]) => path !== '')
  expect(installed.length).toBeGreaterThan(20)
  expect(installed.filter(([, entry]) => entry.resolved !== undefined)).toEqual([])
  expect(installed.filter(([, entry]) => entry.integrity === undefined)).toEqual([])
})
