/**
 * `npm run trace < error.txt`: a stack trace of the published program, with files and lines of src/ in it.
 * The package is minified and its source maps are left out; the same commit builds the same bytes, and so
 * the maps again. A file that this build does not have comes from another commit and stays as it is.
 */
import { existsSync, readFileSync } from 'node:fs'
import { SourceMap } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const dist = fileURLToPath(new URL('../dist/', import.meta.url))
const place = /[^\s()]*?((?:chunks\/[\w-]+|cli)\.js):(\d+):(\d+)/g

/**
 * @param {string} as it stands in the trace
 * @param {string} file relative to dist/
 * @param {string} line counted from 1, as the column
 * @param {string} column
 */
function original(as, file, line, column) {
  const map = join(dist, `${file}.map`)
  if (!existsSync(map)) return as
  const found = new SourceMap(JSON.parse(readFileSync(map, 'utf8'))).findOrigin(
    Number(line),
    Number(column),
  )
  if (!('fileName' in found)) return as
  return `${found.fileName.replace(/^(?:\.\.\/)+/, '')}:${found.lineNumber}:${found.columnNumber}`
}

process.stdout.write(readFileSync(0, 'utf8').replaceAll(place, original))
