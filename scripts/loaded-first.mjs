import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = fileURLToPath(new URL('../src/', import.meta.url))

/** Commands that read no install, and the one that the others are built on. */
const small = ['commands/audit.ts', 'commands/completion.ts', 'commands/explain.ts']

const worker = 'commands/audit/worker.ts'

/** What `audit` loads for a folder in which somebody answered or we were: mostly all of it, so that it is one file. */
const forHardened = [
  'commands/audit/given-answers.ts',
  'surroundings/override-without-us.ts',
  'surroundings/own-state.ts',
]

/**
 * Few files instead of many small ones: esbuild makes a file for each set of modules that the same entries
 * share, and Node takes a millisecond to find and link one. So whatever is loaded later is told to import
 * what `cli.ts` has loaded by then, and what changes an install to import what `audit` does, nearly all of
 * which it needs. What all of them share is then one file. Nothing else comes of it: the modules that are
 * added run nothing when they are loaded.
 * @type {import('esbuild').Plugin}
 */
export const loadedFirst = {
  name: 'loaded-first',
  setup(build) {
    /** @type {Set<string>} */
    const later = new Set([join(source, worker)])
    build.onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
      if (kind === 'dynamic-import') later.add(join(resolveDir, path))
      return null
    })
    build.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (!later.has(path) || !path.startsWith(source)) return null
      const name = path.slice(source.length)
      const onAudit =
        forHardened.includes(name) || (/^(?:commands|stack)\//.test(name) && !small.includes(name))
      const onAll = onAudit && name !== worker
      const first = [
        'cli.ts',
        ...(onAudit ? ['commands/audit.ts'] : []),
        ...(onAll ? forHardened : []),
      ].flatMap(importsOf)
      const imports = first.map((file) => `import ${JSON.stringify(file)};`)
      return { contents: imports.join('') + readFileSync(path, 'utf8'), loader: 'ts' }
    })
  },
}

/**
 * The files of ours that one imports when it is loaded.
 * @param {string} name relative to src/
 */
function importsOf(name) {
  const text = readFileSync(join(source, name), 'utf8')
  const imports = text.matchAll(/^import (?!type )[^']*from '(\.[^']*\.ts)'$/gm)
  return [...imports].map(([, path = '']) => join(source, dirname(name), path))
}
