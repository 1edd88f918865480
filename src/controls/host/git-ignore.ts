import { ownPaths } from '../../install/install.ts'
import { type Case, type Control, notApplicable, verdictOf } from '../control.ts'
import { look } from '../look.ts'

const path = '.gitignore'
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
    const { git } = c.facts
    if (!git.known || !git.value.checkout) return notApplicable('the folder is in no git checkout')
    const { envPath } = c.install
    const tracked = { subject: `${envPath} in git`, where: { file: envPath } }
    if (git.value.trackedEnv) {
      return verdictOf([
        look({ ...tracked, value: 'tracked' }, 'in no commit', {
          evidence: `git tracks ${envPath}: its secrets are in the history`,
          remedy: `git rm --cached ${envPath}, commit, and rotate every secret that was in it.`,
          severity: 'critical',
        }),
      ])
    }
    const was = git.value.envInHistory === true
    const missing = ignored.filter((name) => !covers(linesOf(c), name))
    return verdictOf([
      look(
        { ...tracked, value: was ? 'in a commit' : 'in no commit' },
        'in no commit',
        was && {
          evidence: `a commit of this repository has ${envPath}: whoever has a clone has what was in it`,
          remedy:
            'Rotate every secret that was in it (tracecat-harden rotate --all), then accept this with the date.',
        },
      ),
      look(
        {
          subject: 'what git ignores',
          where: { file: path },
          value: ignored.filter((name) => !missing.includes(name)).join(' and '),
        },
        ignored.join(' and '),
        missing.length > 0 && { evidence: `${missing.join(' and ')} not ignored` },
      ),
    ])
  },
  harden(c) {
    if (!c.facts.git.known || !c.facts.git.value.checkout) return []
    const lines = linesOf(c)
    return ignored
      .filter((name) => lines.includes(name) || !covers(lines, name))
      .map((line) => ({ kind: 'line', path, line }))
  },
}

function linesOf(c: Case): readonly string[] {
  return (c.install.files.get(path)?.text ?? '').split(/\r?\n/).map((line) => line.trim())
}

function covers(lines: readonly string[], name: string): boolean {
  const bare = name.replace(/\/$/, '')
  return lines.some((line) =>
    [name, bare, `/${name}`, `/${bare}`, `**/${bare}`, `${bare}*`].includes(line),
  )
}
