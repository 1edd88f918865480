import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { fromSource } from './from-source.mjs'
import { drawRooms } from './rooms.mjs'

// Writes docs/controls, one page a control, made from the rules themselves, and docs/rooms.svg, the picture
// of the rooms of src/, made from their imports.

const pages = new URL('../docs/controls/', import.meta.url)

/** @type {typeof import('./control-docs.ts')} */
const { docs } = await fromSource('scripts/control-docs.ts')

await mkdir(pages, { recursive: true })
for (const name of await readdir(pages)) {
  if (!docs.has(name)) await rm(new URL(name, pages))
}
for (const [name, text] of docs) await writeFile(new URL(name, pages), text)

const root = fileURLToPath(new URL('..', import.meta.url))
await writeFile(new URL('../docs/rooms.svg', import.meta.url), drawRooms(root))
