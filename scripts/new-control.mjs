/**
 * `npm run new-control <id> [area]`: writes the skeleton of a control: its source, its line in the registry,
 * its row of tests and its page. It compiles, and its tests fail until it is filled in (CONTRIBUTING.md).
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folder = join(root, 'src/controls')
const registry = join(folder, 'registry.ts')
const rows = join(root, 'test/controls/rows.ts')

/** Ends with what the caller did wrong; nothing has been written. */
class Refusal extends Error {}

/** @param {string | undefined} id */
function checkedId(id) {
  if (id === undefined || !/^[a-z]+(?:-[a-z]+)*$/.test(id))
    throw new Refusal(
      `${id === undefined ? 'There is no id' : `${id} is no id`}: npm run new-control <id> [area], with an id such as session-cookie.`,
    )
  for (const area of areas()) {
    const file = `src/controls/${area}/${id}.ts`
    if (existsSync(join(root, file))) throw new Refusal(`${file} is there: choose another id.`)
  }
  return id
}

/** @param {string} area */
function checkedArea(area) {
  if (!areas().includes(area))
    throw new Refusal(`There is no area ${area}: choose one of ${areas().join(', ')}.`)
  return area
}

/** Areas are the folders of src/controls. */
function areas() {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
}

/**
 * @param {string} id
 * @param {string} name
 * @param {string} area
 */
function source(id, name, area) {
  return `import { type Control, skipped } from '../control.ts'

export const ${name}: Control = {
  meta: {
    id: '${id}',
    title: 'Fill in: what is so where it passes',
    severity: 'medium',
    area: '${area}',
    why: 'Fill in: why it matters.',
    risk: 'Fill in: who can do what where it is not so.',
    fix: 'Fill in: how init or the admin mends it.',
    reference: 'https://example.com/fill-in',
  },
  inspect() {
    return skipped('this control is not written yet')
  },
}
`
}

/** @param {string} id */
function row(id) {
  return `  {
    id: '${id}',
    fires: {},
    evidence: 'fill in: a part of what the finding says',
    at: '.env: fill in: the line that it names',
    quiet: {},
    after: 'mended',
  },
`
}

/**
 * The text with a part put in before the last line that is a lone bracket.
 * @param {string} text
 * @param {string} part
 */
function inList(text, part) {
  const end = text.lastIndexOf('\n]\n') + 1
  return `${text.slice(0, end)}${part}${text.slice(end)}`
}

/** @param {readonly string[]} args of Node */
function run(...args) {
  const { status, error } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) process.exit(status ?? 130)
}

try {
  const [given, wantedArea = 'host'] = process.argv.slice(2)
  const id = checkedId(given)
  const area = checkedArea(wantedArea)
  const name = id.replaceAll(/-(.)/g, (_, letter) => letter.toUpperCase())
  const file = `src/controls/${area}/${id}.ts`
  const line = `import { ${name} } from './${area}/${id}.ts'\n`

  writeFileSync(join(root, file), source(id, name, area))
  writeFileSync(registry, line + inList(readFileSync(registry, 'utf8'), `  ${name},\n`))
  writeFileSync(rows, inList(readFileSync(rows, 'utf8'), row(id)))
  // Puts the import in its place.
  run('node_modules/@biomejs/biome/bin/biome', 'check', '--write', '--log-level=error', registry)
  run('scripts/make-docs.mjs')
  process.stdout.write(
    [
      `Written: ${file}, test/controls/rows.ts, src/controls/registry.ts, docs/controls/${id}.md`,
      'Its tests fail until it is filled in: npx vitest run --project unit test/controls',
      'What to fill in: CONTRIBUTING.md, "Add a control".',
      '',
    ].join('\n'),
  )
} catch (error) {
  if (!(error instanceof Refusal)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = 2
}
