import { posix } from 'node:path'
import { ownPaths } from '../../install/install.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { valueOf, whereVariable } from '../reading.ts'

export const filePermissions: Control = {
  meta: {
    id: 'file-permissions',
    title: 'Only the owner reads .env',
    severity: 'high',
    area: 'host',
    why: "Tracecat's set-up script leaves .env readable by every user of the host.",
    risk: 'Any account on the host, such as that of a monitoring agent, reads every secret.',
    fix: 'New files get mode 0600; an existing one loses what others may do, and keeps what its group may read.',
    reference: 'https://man7.org/linux/man-pages/man1/chmod.1.html',
  },
  inspect(c) {
    const file = c.install.files.get(c.install.envPath)
    if (file === undefined) return notApplicable('there is no .env')
    if (c.facts.host.platform === 'win32') return notApplicable('Windows has no such modes')
    const mode = file.mode & 0o777
    const text = mode.toString(8).padStart(4, '0')
    if ((mode & 0o007) !== 0 || (mode & 0o020) !== 0) {
      return verdictOf([
        {
          where: { file: file.path },
          evidence: `mode ${text}: ${(mode & 0o007) === 0 ? 'its group may write it' : 'every user of the host may open it'}`,
          remedy: 'Run tracecat-harden init.',
        },
      ])
    }
    if ((mode & 0o040) === 0) return verdictOf([])
    return verdictOf([
      {
        where: { file: file.path },
        evidence: `mode ${text}: its group may read it`,
        remedy: `If that is not meant: chmod 600 ${file.path}.`,
        severity: 'low',
        accepted: 'a right that the group was given is kept',
      },
    ])
  },
}

const ignored = ['.env', `${ownPaths.state}/`] as const

export const gitIgnore: Control = {
  meta: {
    id: 'git-ignore',
    title: 'Git does not take the secrets along',
    severity: 'high',
    area: 'host',
    why: 'The other files of a hardened install are made to be committed.',
    risk: 'One git add puts every secret where others read it, for good.',
    fix: '.gitignore names .env and .tracecat-harden/.',
    reference: 'https://git-scm.com/docs/gitignore',
  },
  inspect(c) {
    if (!c.facts.git.known || !c.facts.git.value.checkout) return notApplicable('the folder is in no git checkout')
    const path = '.gitignore'
    if (c.facts.git.value.trackedEnv) {
      return verdictOf([
        {
          where: { file: c.install.envPath },
          evidence: `git tracks ${c.install.envPath}: its secrets are in the history`,
          remedy: `git rm --cached ${c.install.envPath}, commit, and rotate every secret that was in it.`,
          severity: 'critical',
        },
      ])
    }
    const lines = (c.install.files.get(path)?.text ?? '').split(/\r?\n/).map((line) => line.trim())
    const missing = ignored.filter((name) => !covers(lines, name))
    return verdictOf(
      missing.length === 0 ? [] : [{ where: { file: path }, evidence: `${missing.join(' and ')} not ignored`, remedy: 'Run tracecat-harden init.' }],
    )
  },
  harden(c) {
    if (!c.facts.git.known || !c.facts.git.value.checkout) return []
    const path = '.gitignore'
    const lines = (c.install.files.get(path)?.text ?? '').split(/\r?\n/).map((line) => line.trim())
    return ignored.filter((name) => lines.includes(name) || !covers(lines, name)).map((line) => ({ kind: 'line', path, line }))
  },
}

function covers(lines: readonly string[], name: string): boolean {
  const bare = name.replace(/\/$/, '')
  return lines.some((line) => [name, bare, `/${name}`, `/${bare}`, `**/${bare}`, `${bare}*`].includes(line))
}

export const overrideLoaded: Control = {
  meta: {
    id: 'override-loaded',
    title: 'Compose reads the hardening override',
    severity: 'critical',
    area: 'host',
    why: 'COMPOSE_FILE, -f, or a compose.override.yml beside it make Compose ignore docker-compose.override.yml without a word.',
    risk: 'The URL has a password and Redis demands none; the executor has no sandbox while .env says so.',
    fix: 'The override that Compose would load is the one that is written; where COMPOSE_FILE is set in .env, ours is added to it last.',
    reference: 'https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/',
  },
  inspect(c) {
    const { overridePath, files, sources } = c.install
    if (sources.length === 0) return notApplicable('there is no Compose file')
    const loaded = sources.some(({ file }) => posix.normalize(file) === posix.normalize(overridePath))
    if (loaded) return verdictOf([])
    if (!files.has(overridePath) && c.answers === undefined) return notApplicable('there is no override of ours yet')
    return verdictOf([
      {
        where: valueOf(c, 'COMPOSE_FILE') === undefined ? { file: overridePath } : whereVariable(c, 'COMPOSE_FILE'),
        evidence: `Compose reads ${sources.map(({ file }) => file).join(', ')}, not ${overridePath}`,
        remedy: `Run tracecat-harden init; where Compose is started with -f, add -f ${overridePath} as the last one.`,
      },
    ])
  },
  harden(c) {
    const list = valueOf(c, 'COMPOSE_FILE')
    if (list === undefined) return []
    const separator = valueOf(c, 'COMPOSE_PATH_SEPARATOR') ?? ':'
    const { overridePath } = c.install
    const names = list.split(separator)
    if (names.some((name) => posix.normalize(name) === posix.normalize(overridePath))) return [setVariableTo('COMPOSE_FILE', list)]
    return [setVariableTo('COMPOSE_FILE', `${list}${separator}${overridePath}`)]
  },
}
