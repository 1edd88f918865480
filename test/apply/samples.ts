import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Resume } from '../../src/apply/recover.ts'
import { sha256 } from '../../src/apply/state-folder.ts'
import type { FileChange } from '../../src/apply/step.ts'

/** Stands for every secret of these tests: it must never lie where others can read. */
export const sampleSecret = 'r7Yp2c9Qn4Xb6Vt8Ks1Lm3Wd5Hf0Gj'

const oldFiles: Readonly<Record<string, { readonly text: string; readonly mode: number }>> = {
  '.env': { text: 'A=old\n', mode: 0o644 },
  'docker-compose.override.yml': { text: 'services: {}\n', mode: 0o644 },
  'docker-compose.yml': { text: 'services:\n  api: {}\n', mode: 0o644 },
  'old.conf': { text: 'gone soon\n', mode: 0o640 },
}

const newFiles: Readonly<Record<string, { readonly text: string; readonly mode: number }>> = {
  '.env': { text: `A=${sampleSecret}\n`, mode: 0o600 },
  'docker-compose.override.yml': { text: 'services:\n  api: { image: a }\n', mode: 0o644 },
  'docker-compose.yml': { text: 'services:\n  api: {}\n', mode: 0o644 },
  'caddy/Caddyfile': { text: 'example.com {\n}\n', mode: 0o644 },
  'caddy/parts/deep.conf': { text: 'deep\n', mode: 0o644 },
  '.tracecat-harden/written.json': { text: '{"version":1}\n', mode: 0o600 },
}

/** For plans of files alone: nothing that runs is asked. */
export const filesOnly: Resume = {
  progress: { begin: () => undefined, end: () => undefined },
  makeSteps: async () => {
    throw new Error('A plan of files alone has no steps in servers')
  },
}

type Snapshot = Readonly<Record<string, string>>

/** An install before the sample plan. */
export function layOut(root: string): void {
  for (const [path, { text, mode }] of Object.entries(oldFiles)) {
    writeFileSync(join(root, path), text)
    chmodSync(join(root, path), mode)
  }
}

/** Changes, creates (in folders to be made) and removes files, and leaves one alone. */
export const sampleChanges: readonly FileChange[] = [
  ...Object.entries(newFiles).map(([path, { text, mode }]) => ({
    path,
    before: hashOfOld(path),
    after: new TextEncoder().encode(text),
    mode,
  })),
  { path: 'old.conf', before: hashOfOld('old.conf'), after: undefined, mode: 0o600 },
]

function hashOfOld(path: string): string {
  const old = oldFiles[path]
  return old === undefined ? 'absent' : sha256(new TextEncoder().encode(old.text))
}

/** All files of an install, as "mode content"; our state folder's own ones left out. */
export function snapshot(root: string): Snapshot {
  const found: Record<string, string> = {}
  for (const path of allFiles(root)) {
    if (/^\.tracecat-harden\/(?!written\.json)/.test(path)) continue
    const mode = (statSync(join(root, path)).mode & 0o7777).toString(8)
    found[path] = `${mode} ${readFileSync(join(root, path), 'utf8')}`
  }
  return found
}

export function allFiles(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

export function allFolders(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort()
}

const asSnapshot = (files: typeof oldFiles): Snapshot =>
  Object.fromEntries(
    Object.entries(files).map(([path, { text, mode }]) => [path, `${mode.toString(8)} ${text}`]),
  )

export const before: Snapshot = asSnapshot(oldFiles)
export const after: Snapshot = asSnapshot(newFiles)
