import { type Control, notApplicable, verdictOf } from '../control.ts'

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
