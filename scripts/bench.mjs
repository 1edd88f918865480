/**
 * `npm run bench`: time and memory of one `audit` of 250, 500 and 1,000 different installs. Every
 * install has its own .env (domain, passwords, sandbox, sign-in), Caddyfile, and Compose file (project,
 * variables), which is as long as that of Tracecat's newest release; in the last row the thousand share
 * ten Compose files, as a fleet shares releases. Before that, start-up: `--version` and one `audit` of the
 * example, as ratios to a bare Node in the same run, and the size of the package. Prints what it measured;
 * checks nothing, since a busy machine is no fault of the program.
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

/**
 * Start-up of one command as ratios to a bare Node. The two take turns, so that both see the machine as it
 * is: the middle of the wall times' ratios, and the processor time of all turns, which hardly depends on
 * what else the machine does.
 * @param {readonly string[]} args
 */
function startUp(args) {
  const bare = join(folder, 'bare.mjs')
  const turns = Array.from({ length: 15 }, () => [timeOf([bare]), timeOf([cli, ...args])])
  const walls = turns.map(([nothing, ours]) => (ours?.wall ?? 0) / (nothing?.wall ?? 0))
  const cpu = [0, 1].map((which) => turns.reduce((sum, turn) => sum + (turn[which]?.cpu ?? 0), 0))
  return {
    command: args[0],
    'wall time': walls.sort((one, other) => one - other)[7]?.toFixed(2),
    'processor time': ((cpu[1] ?? 0) / (cpu[0] ?? 0)).toFixed(2),
  }
}

/** @param {readonly string[]} args */
function timeOf(args) {
  const [before, started] = [ticksOfChildren(), performance.now()]
  spawnSync(process.execPath, args, { stdio: 'ignore' })
  return { wall: performance.now() - started, cpu: ticksOfChildren() - before }
}

/** Processor time of all children so far, in the system's ticks (proc(5): cutime and cstime). */
function ticksOfChildren() {
  const fields = readFileSync('/proc/self/stat', 'utf8').split(') ')[1]?.split(' ') ?? []
  return Number(fields[13]) + Number(fields[14])
}

/** @param {readonly Record<string, unknown>[]} rows */
function print(rows) {
  process.stdout.write(`${Object.keys(rows[0] ?? {}).join('\t')}\n`)
  for (const one of rows) process.stdout.write(`${Object.values(one).join('\t')}\n`)
  process.stdout.write('\n')
}

const folder = mkdtempSync(join(tmpdir(), 'tracecat-bench-'))
try {
  writeFileSync(join(folder, 'bare.mjs'), '')
  for (const name of ['docker-compose.yml', 'Caddyfile'])
    writeFileSync(join(folder, name), read(name))
  writeFileSync(join(folder, '.env'), stock.env)
  print([startUp(['--version']), startUp(['audit', folder])])
} finally {
  rmSync(folder, { recursive: true })
}
const [packed] = JSON.parse(
  spawnSync('npm', ['pack', '--dry-run', '--json'], { cwd: fileURLToPath(root), encoding: 'utf8' })
    .stdout,
)
print([{ 'packed KB': Math.round(packed.size / 1000), files: packed.entryCount }])
print([row(250, 250), row(500, 500), row(1000, 1000), row(1000, 10)])
