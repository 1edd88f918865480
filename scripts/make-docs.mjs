import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { textTemplates } from './text-templates.mjs'

// Writes docs/controls: one page a control, made from the rules themselves.

const root = fileURLToPath(new URL('..', import.meta.url))
const pages = new URL('../docs/controls/', import.meta.url)

const { outputFiles } = await build({
  absWorkingDir: root,
  stdin: {
    contents: `
      import { controls } from './src/controls/registry.ts'
      import { controlDocs } from './src/report/control-docs.ts'
      export const docs = controlDocs(controls)`,
    resolveDir: root,
    loader: 'ts',
  },
  bundle: true,
  write: false,
  format: 'esm',
  platform: 'node',
  plugins: [textTemplates],
  logLevel: 'warning',
})
const code = Buffer.from(outputFiles[0]?.contents ?? []).toString('base64')
/** @type {{ docs: ReadonlyMap<string, string> }} */
const { docs } = await import(`data:text/javascript;base64,${code}`)

await mkdir(pages, { recursive: true })
for (const name of await readdir(pages)) {
  if (!docs.has(name)) await rm(new URL(name, pages))
}
for (const [name, text] of docs) await writeFile(new URL(name, pages), text)
