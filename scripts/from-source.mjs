import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { textTemplates } from './text-templates.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Imports a TypeScript file of this project, with what it imports: Node 20 reads no TypeScript.
 * @param {string} path relative to the root
 * @returns what the file exports
 */
export async function fromSource(path) {
  const { outputFiles } = await build({
    absWorkingDir: root,
    entryPoints: [path],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    // Packages that are CommonJS ask for Node's own modules by require.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire('file:///');",
    },
    plugins: [textTemplates],
    logLevel: 'warning',
  })
  const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
  return await import(`data:text/javascript;base64,${code}`)
}
