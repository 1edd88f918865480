import { existsSync } from 'node:fs'
import { chmod, copyFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { licenseTexts } from './licenses.mjs'
import { loadedFirst } from './loaded-first.mjs'
import { textTemplates } from './text-templates.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = new URL('../dist/', import.meta.url)

await rm(dist, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  // A thread's program lies where the file that starts it looks, which is among the chunks.
  entryPoints: { cli: 'src/cli.ts', 'chunks/audit-worker': 'src/commands/audit/worker.ts' },
  outdir: 'dist',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  // What is imported dynamically gets a file of its own, so that `--help` loads little.
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  minify: true,
  // Node shows the line of an error that nobody expected.
  lineLimit: 1000,
  // Beside what they are for, but not in the package: scripts/trace.mjs reads a stack trace with them.
  sourcemap: 'external',
  sourcesContent: false,
  // All licenses are in LICENSES.txt.
  legalComments: 'none',
  plugins: [loadedFirst, textTemplates],
  // The same parser as yaml's build for Node, without a look into the environment at each token.
  alias: {
    yaml: fileURLToPath(new URL('../node_modules/yaml/browser/index.js', import.meta.url)),
    // execa's signs, which it shows when it is told to be verbose, are the same ones that Inquirer has.
    figures: '@inquirer/figures',
  },
  // Bundled CommonJS packages call require() for Node's own modules, which ESM has not.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'\nconst require = requireFrom(import.meta.url)",
  },
  metafile: true,
  logLevel: 'warning',
})

await chmod(new URL('cli.js', dist), 0o755)
await writeFile(new URL('LICENSES.txt', dist), await licenseTexts(metafile, root))

const schema = new URL('../templates/answers.schema.json', import.meta.url)
if (existsSync(schema)) await copyFile(schema, new URL('answers.schema.json', dist))
