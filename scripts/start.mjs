/**
 * `npm start`: shows the main job on an install to practise on, which needs neither Docker nor network.
 * In a terminal it asks; elsewhere templates/example/answers.yaml answers. The first run lays
 * templates/example/ into ./tracecat; later ones use what is there.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const example = new URL('templates/example/', root)
const install = new URL('tracecat/', root)
const cli = new URL('dist/cli.js', root)

/**
 * Runs one of the project's own scripts with Node; a failure ends this one too.
 * @param {URL} script
 * @param {readonly string[]} args
 */
function run(script, args) {
  const { status, error } = spawnSync(process.execPath, [fileURLToPath(script), ...args], {
    cwd: root,
    stdio: 'inherit',
  })
  if (error) throw error
  // A child that a signal ended has no status: Ctrl-C is the usual one.
  if (status !== 0) process.exit(status ?? 130)
}

run(new URL('scripts/build.mjs', root), [])
if (!existsSync(install)) {
  mkdirSync(install)
  copyFileSync(new URL('dot-env', example), new URL('.env', install))
  for (const file of ['docker-compose.yml', 'Caddyfile']) {
    copyFileSync(new URL(file, example), new URL(file, install))
  }
}
const unattended = ['--answers', 'templates/example/answers.yaml', '--yes', '--offline', '--fresh']
const canAsk = process.stdin.isTTY === true && process.stdout.isTTY === true
run(cli, ['init', './tracecat', ...(canAsk ? [] : unattended)])
