/**
 * `npm run bench`: time and memory of one `audit` of 250, 500 and 1,000 different installs. Every
 * install has its own .env (domain, passwords, sandbox, sign-in), Caddyfile, and Compose file (project,
 * variables), which is as long as that of Tracecat's newest release; in the last row the thousand share
 * ten Compose files, as a fleet shares releases. Prints what it measured; checks nothing, since a busy
 * machine is no fault of the program.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const example = new URL('templates/example/', root)
const cli = fileURLToPath(new URL('dist/cli.js', root))
const read = (/** @type {string} */ name) => readFileSync(new URL(name, example), 'utf8')
const stock = {
  env: read('dot-env'),
  compose: read('docker-compose.yml'),
  caddy: read('Caddyfile'),
}

/**
 * @param {string} folder
 * @param {number} count
 * @param {number} composeFiles how many different Compose files there are
 */
function makeInstalls(folder, count, composeFiles) {
  for (let index = 0; index < count; index += 1) {
    const dir = join(folder, String(index))
    mkdirSync(dir)
    const env = stock.env
      .replace('http://localhost', `https://tracecat-${index}.example.com`)
      .replace(
        'TRACECAT__POSTGRES_PASSWORD=postgres',
        `TRACECAT__POSTGRES_PASSWORD=pw-${index * 7919}`,
      )
      .replace(
        'EXECUTOR_BACKEND=direct',
        `EXECUTOR_BACKEND=${index % 2 === 0 ? 'direct' : 'ephemeral'}`,
      )
      .replace('AUTH_TYPES=basic', `AUTH_TYPES=${['basic', 'oidc', 'saml'][index % 3]}`)
    writeFileSync(join(dir, '.env'), `${env}# install ${index}\n`)
    writeFileSync(join(dir, 'Caddyfile'), `${stock.caddy}# install ${index}\n`)
    writeFileSync(join(dir, 'docker-compose.yml'), composeFile(index % composeFiles))
  }
}

/**
 * The example's Compose file with variables of one's own in every service: some 32 KB, as beta.51's.
 * @param {number} kind
 */
function composeFile(kind) {
  const variables = Array.from(
    { length: 28 },
    (_, index) => `      OWN_SETTING_${index}: \${OWN_SETTING_${index}:-install-${kind}}\n`,
  ).join('')
  const services = stock.compose.replaceAll(/^ {4}environment:\n/gm, (line) => line + variables)
  return `name: tracecat-${kind}\n${services}`
}

/**
 * @param {number} count
 * @param {number} composeFiles
 */
function row(count, composeFiles) {
  const folder = mkdtempSync(join(tmpdir(), 'tracecat-bench-'))
  try {
    makeInstalls(folder, count, composeFiles)
    const dirs = Array.from({ length: count }, (_, index) => join(folder, String(index)))
    const started = performance.now()
    const peak = peakOf([cli, 'audit', '--json', ...dirs])
    const seconds = (performance.now() - started) / 1000
    return {
      installs: count,
      'Compose files': composeFiles,
      seconds: seconds.toFixed(1),
      MiB: peak,
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Tells the peak of the whole process at its end: to ask for it meanwhile would take time from the run. */
const tellPeak = `data:text/javascript,${encodeURIComponent(`
  import { isMainThread } from 'node:worker_threads'
  if (isMainThread) process.on('exit', () => process._rawDebug(process.resourceUsage().maxRSS))
`)}`

/**
 * The peak memory of a run in MiB.
 * @param {readonly string[]} args
 */
function peakOf(args) {
  const { stderr } = spawnSync(process.execPath, ['--import', tellPeak, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  return Math.round(Number(stderr.trim().split('\n').at(-1)) / 1024)
}

const rows = [row(250, 250), row(500, 500), row(1000, 1000), row(1000, 10)]
process.stdout.write(`${Object.keys(rows[0] ?? {}).join('\t')}\n`)
for (const one of rows) process.stdout.write(`${Object.values(one).join('\t')}\n`)
