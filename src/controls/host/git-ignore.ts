import { ownPaths } from '../../install/install.ts'
import { type Control, type Finding, notApplicable, verdictOf } from '../control.ts'

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
    if (!c.facts.git.known || !c.facts.git.value.checkout)
      return notApplicable('the folder is in no git checkout')
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
    return verdictOf([
      ...(c.facts.git.value.envInHistory === true ? [inHistory(c.install.envPath)] : []),
      ...(missing.length === 0
        ? []
        : [
            {
              where: { file: path },
              evidence: `${missing.join(' and ')} not ignored`,
              remedy: 'Run tracecat-harden init.',
            },
          ]),
    ])
  },
  harden(c) {
    if (!c.facts.git.known || !c.facts.git.value.checkout) return []
    const path = '.gitignore'
    const lines = (c.install.files.get(path)?.text ?? '').split(/\r?\n/).map((line) => line.trim())
    return ignored
      .filter((name) => lines.includes(name) || !covers(lines, name))
      .map((line) => ({ kind: 'line', path, line }))
  },
}

function inHistory(file: string): Finding {
  return {
    where: { file },
    evidence: `a commit of this repository has ${file}: whoever has a clone has what was in it`,
    remedy:
      'Rotate every secret that was in it (tracecat-harden rotate --all), then accept this with the date.',
  }
}

function covers(lines: readonly string[], name: string): boolean {
  const bare = name.replace(/\/$/, '')
  return lines.some((line) =>
    [name, bare, `/${name}`, `/${bare}`, `**/${bare}`, `${bare}*`].includes(line),
  )
}
