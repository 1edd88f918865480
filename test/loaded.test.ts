import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const source = fileURLToPath(new URL('../src/', import.meta.url))

/** The packages that are there once a file of ours is: what is imported dynamically comes later. */
function loadedWith(name: string): string[] {
  const packages = new Set<string>()
  const seen = new Set<string>()
  const waiting = [join(source, name)]
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (seen.has(file)) continue
    seen.add(file)
    const imports = readFileSync(file, 'utf8').matchAll(
      /^(?:import|export) (?!type )[^'"]*? ?from '([^']+)'/gm,
    )
    for (const [, path = ''] of imports) {
      if (path.endsWith('.ts')) waiting.push(join(dirname(file), path))
      else if (/^[@a-z]/.test(path) && !path.startsWith('node:')) packages.add(path)
    }
  }
  return [...packages].sort()
}

test.each([
  ['cli.ts', []],
  ['commands/audit.ts', ['nanoid', 'yaml']],
  ['commands/audit/given-answers.ts', ['nanoid', 'yaml', 'zod/mini']],
])('%s loads no package but what it always uses', (name, packages) => {
  expect(loadedWith(name)).toEqual(packages)
})
