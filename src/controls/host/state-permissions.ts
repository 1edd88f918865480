import { ownPaths } from '../../install/install.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { look } from '../look.ts'

export const statePermissions: Control = {
  meta: {
    id: 'state-permissions',
    title: 'Only the owner reads what tracecat-harden keeps',
    severity: 'high',
    area: 'host',
    why: 'The state folder has the last .env and its backups, with every secret.',
    risk: 'Any account on the host that can open one of these files has every secret.',
    fix: 'The folder has mode 0700, its files 0600; init sets them again. Copies and restores of backups often lose modes.',
    reference: 'https://man7.org/linux/man-pages/man1/chmod.1.html',
  },
  inspect(c) {
    if (c.facts.host.platform === 'win32') return notApplicable('Windows has no such modes')
    const kept = [...c.install.files.values()].filter(({ path }) =>
      path.startsWith(`${ownPaths.state}/`),
    )
    return verdictOf(
      kept.map(({ path, mode }) => {
        const value = (mode & 0o777).toString(8).padStart(4, '0')
        return look(
          { subject: `the mode of ${path}`, where: { file: path }, value },
          'closed to group and others',
          (mode & 0o077) !== 0 && {
            evidence: `mode ${value}: others may open it`,
            remedy: `chmod -R go-rwx ${ownPaths.state}`,
          },
        )
      }),
      'tracecat-harden keeps nothing here yet',
    )
  },
}
