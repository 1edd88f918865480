/** Which unit tests load a source file, found by following imports backwards. */
import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import ts from 'typescript'

/**
 * The importers of every file.
 * @param {string} root
 * @param {readonly string[]} files relative to the root
 * @returns {ReadonlyMap<string, readonly string[]>}
 */
export function importersOf(root, files) {
  const importers = new Map(files.map((file) => [file, /** @type {string[]} */ ([])]))
  for (const file of files) {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'))
    for (const { fileName } of importedFiles) {
      if (fileName.startsWith('.'))
        importers.get(normalize(join(dirname(file), fileName)))?.push(file)
    }
  }
  return importers
}

/**
 * The unit tests that load a file: first those that stand nearest to it, of equally near ones those of
 * its own room.
 * @param {ReadonlyMap<string, readonly string[]>} importers
 * @param {string} file
 * @returns {readonly string[]}
 */
export function relatedTests(importers, file) {
  const distances = new Map([[file, 0]])
  // A map may grow while it is walked: what is added comes later.
  for (const [near, distance] of distances) {
    for (const importer of importers.get(near) ?? []) {
      if (!distances.has(importer)) distances.set(importer, distance + 1)
    }
  }
  const room = `test/${file.split('/')[1]}/`
  /** @param {string} test */
  const rank = (test) => (distances.get(test) ?? 0) * 2 + (test.startsWith(room) ? 0 : 1)
  return [...distances.keys()]
    .filter((path) => path.endsWith('.test.ts'))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1))
}
