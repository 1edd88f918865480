import { type InstallFile, ownPaths } from '../../install/install.ts'
import { type Case, type Control, type Look, notApplicable, stays, verdictOf } from '../control.ts'
import { look, type Place, type Problem } from '../look.ts'

export const filePermissions: Control = {
  meta: {
    id: 'file-permissions',
    title: 'Only the owner reads .env and its copies, and others write no file of the install',
    severity: 'high',
    area: 'host',
    why: "Tracecat's set-up script leaves .env readable by every user of the host. Whoever may write a Compose file, or put one into the folder, decides what Docker starts as root.",
    risk: 'Any account on the host, such as that of a monitoring agent, reads every secret, or takes over the host with the next docker compose up.',
    fix: 'New files get mode 0600; an existing .env loses what others may do, and keeps what its group may read. What else others may write, and copies of .env, are yours: chmod o-w, chmod 600. A disk that has no modes, such as one of Windows in WSL, gives everybody everything: move the install to one that has them.',
    reference: 'https://man7.org/linux/man-pages/man1/chmod.1.html',
  },
  inspect(c) {
    const env = c.install.files.get(c.install.envPath)
    if (c.facts.host.platform === 'win32') return notApplicable('Windows has no such modes')
    return verdictOf(
      [
        ...(env === undefined ? [] : [ofEnv(env)]),
        ...ofFolder(c.facts.folderMode ?? 0),
        ...(isClosed(c) ? [] : [...writable(c), ...copies(c)]),
      ],
      'there is no .env',
    )
  },
}

function ofEnv({ path, mode }: InstallFile): Look {
  const isOpen = (mode & 0o027) !== 0
  const problem: Problem | false = isOpen
    ? {
        evidence: `mode ${octal(mode)}: ${(mode & 0o007) === 0 ? 'its group may write it' : 'every user of the host may open it'}`,
      }
    : (mode & 0o040) !== 0 && {
        evidence: `mode ${octal(mode)}: its group may read it`,
        remedy: `If that is not meant: chmod 600 ${path}.`,
        severity: 'low',
        standing: stays('a right that the group was given is kept'),
      }
  return look(modeOf(path, mode), '0600', problem)
}

function modeOf(path: string, mode: number): Place {
  return { subject: `the mode of ${path}`, where: { file: path }, value: octal(mode) }
}

/** Nobody else comes past the door of the folder. */
function isClosed({ facts: { folderMode } }: Case): boolean {
  return folderMode !== undefined && (folderMode & 0o001) === 0
}

/** What somebody copied from `.env` before or after it was closed: some of its keys never change. */
function copies({ facts }: Case): readonly Look[] {
  return (facts.openCopies ?? []).map(({ path, mode, holds: [first, ...more] }) =>
    look(modeOf(path, mode), '0600', {
      evidence: `mode ${octal(mode)}: every user of the host may read it, with ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`,
      remedy: `Remove ${path}, or chmod 600 ${path}.`,
    }),
  )
}

/** What Compose, Caddy or `init` read here, where other users of the host may write it. */
function writable(c: Case): readonly Look[] {
  const files = [...c.install.files.values()].filter(
    ({ mode, path }) =>
      (mode & 0o002) !== 0 && path !== c.install.envPath && !path.startsWith(`${ownPaths.state}/`),
  )
  return files.map(({ path, mode }) =>
    look(modeOf(path, mode), 'not writable for others', {
      evidence: `mode ${octal(mode)}: every user of the host may write it`,
      remedy: `chmod o-w ${path}`,
    }),
  )
}

/** Who may write into the folder, may put another file in the place of each; as root, init stops there. */
function ofFolder(mode: number): readonly Look[] {
  // Who may write into a folder has to be able to go there as well.
  const byAll = (mode & 0o003) === 0o003
  if (!byAll && (mode & 0o030) !== 0o030) return []
  const who = byAll ? 'every user of the host' : 'its group, which has other members,'
  return [
    look(modeOf('.', mode), 'not writable for others', {
      evidence: `mode ${octal(mode)}: ${who} may write into the folder`,
      remedy: 'chmod go-w .',
    }),
  ]
}

function octal(mode: number): string {
  return (mode & 0o777).toString(8).padStart(4, '0')
}
