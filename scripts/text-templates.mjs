import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'

const templates = fileURLToPath(new URL('../templates/', import.meta.url))

/**
 * Lets esbuild bundle every imported file under `templates/` as text, whatever its ending is; but
 * `.json` is data.
 * @type {import('esbuild').Plugin}
 */
export const textTemplates = {
  name: 'text-templates',
  setup(build) {
    build.onLoad({ filter: /[\\/]templates[\\/]/ }, async ({ path }) => {
      if (!path.startsWith(templates) || path.endsWith('.json')) return null
      return { contents: await readFile(path, 'utf8'), loader: 'text' }
    })
  },
}
