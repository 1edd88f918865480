/**
 * `npm run fetch-stock`: gets the stock files of Tracecat's releases that tests read, which this project
 * may not hold, into `.upstream/`. They come from the folder that TRACECAT_UPSTREAM names, from a mirror
 * (`--upstream <url>`, files at `<url>/<tag>/<name>`), or from Tracecat's repository. All are compared with
 * their checksums before the first is written. `--to <folder>` puts them elsewhere.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { fromSource } from './from-source.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/** @type {typeof import('./stock-files.ts')} */
const { Failure, stockFilesOf } = await fromSource('scripts/stock-files.ts')

/**
 * Puts the files into `folder` as a whole: it is never seen with some of them.
 * @param {ReadonlyMap<string, string>} files
 * @param {string} folder
 */
function replaceFolder(files, folder) {
  mkdirSync(dirname(folder), { recursive: true })
  const beside = mkdtempSync(`${folder}.`)
  try {
    for (const [path, text] of files) {
      const file = join(beside, 'new', path)
      mkdirSync(dirname(file), { recursive: true })
      writeFileSync(file, text)
    }
    if (existsSync(folder)) renameSync(folder, join(beside, 'old'))
    renameSync(join(beside, 'new'), folder)
  } finally {
    rmSync(beside, { recursive: true, force: true })
  }
}

try {
  const { values } = parseArgs({
    options: { upstream: { type: 'string' }, to: { type: 'string', default: '.upstream' } },
  })
  /** @type {readonly string[]} */
  const releases = JSON.parse(readFileSync(join(root, 'test/stock-releases.json'), 'utf8'))
  const { upstream } = values
  const from = upstream === undefined ? process.env.TRACECAT_UPSTREAM || undefined : undefined
  const files = await stockFilesOf(releases, { from, upstream })
  replaceFolder(files, resolve(root, values.to))
  process.stdout.write(`${files.size} stock files of ${releases.length} releases in ${values.to}\n`)
} catch (error) {
  if (error instanceof Failure) {
    process.stderr.write(`${error.message}\n${error.remedy ?? ''}\n`)
    process.exitCode = error.exitCode
  } else if (error instanceof TypeError && 'code' in error) {
    process.stderr.write(`${error.message}\n`)
    process.exitCode = 2
  } else throw error
}
