import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Anything else is looked at by a person before it is bundled. */
const permitted = new Set(['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD'])

/**
 * The packages that ended up in the bundle.
 * @param {import('esbuild').Metafile} metafile
 * @returns {string[]} their folders, relative to the project, sorted
 */
function bundledPackages(metafile) {
  const folders = new Set()
  for (const output of Object.values(metafile.outputs)) {
    for (const input of Object.keys(output.inputs)) {
      const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(input)?.[0]
      if (folder) folders.add(folder)
    }
  }
  return [...folders].sort()
}

/**
 * @param {string} folder of the package
 * @returns {Promise<{ title: string, text: string }>} name, version and license, and its text
 */
async function licenseOf(folder) {
  const { name, version, license } = JSON.parse(
    await readFile(join(folder, 'package.json'), 'utf8'),
  )
  if (!permitted.has(license)) throw new Error(`${name} ${version}: may "${license}" be bundled?`)
  const file = (await readdir(folder)).find((entry) => /^licen[cs]e(\.\w+)?$/i.test(entry))
  const text = file
    ? (await readFile(join(folder, file), 'utf8')).trim()
    : 'No license text is shipped with it.'
  return { title: `${name} ${version} (${license})`, text }
}

/**
 * What the licenses of the bundled packages ask us to pass on; packages with the very same text share it.
 * @param {import('esbuild').Metafile} metafile
 * @param {string} root folder that the metafile's paths start from
 * @returns {Promise<string>} the content of LICENSES.txt
 */
export async function licenseTexts(metafile, root) {
  const licenses = await Promise.all(
    bundledPackages(metafile).map((folder) => licenseOf(join(root, folder))),
  )
  /** @type {Map<string, string[]>} */
  const titles = new Map()
  for (const { title, text } of licenses) titles.set(text, [...(titles.get(text) ?? []), title])
  const rule = `\n${'-'.repeat(80)}\n\n`
  const texts = [...titles].map(([text, packages]) => `${packages.join('\n')}\n\n${text}\n`)
  return ['tracecat-harden contains these packages.\n', ...texts].join(rule)
}
