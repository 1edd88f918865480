import type { Facts } from '../controls/facts.ts'
import { known, unknown } from '../controls/facts.ts'
import type { World } from '../world/world.ts'

const timeoutMs = 10_000

/**
 * What a checkout's own configuration would have git run: a file monitor at every reading of the index,
 * hooks, a pager, gpg for signatures, git itself in submodules. `filter`, `diff` and aliases play no part in
 * the three commands below (git-config(1); docs/security.md has how that was tried).
 */
const settings = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.pager=cat',
  'core.sshCommand=false',
  'gpg.program=false',
  'gpg.openpgp.program=false',
  'gpg.x509.program=false',
  'gpg.ssh.program=false',
  'log.showSignature=false',
  'submodule.recurse=false',
  // A partial clone fetches what it lacks, by whatever its configuration names.
  'protocol.allow=never',
].flatMap((one) => ['-c', one])

const options = ['--no-pager', '--no-optional-locks', '--literal-pathspecs', ...settings]

/** Neither the host's nor a user's configuration counts, and nobody is asked for a password. */
const environment = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_TERMINAL_PROMPT: '0',
  GIT_PAGER: 'cat',
  LC_ALL: 'C',
  // Git trusts the folders of who called sudo as it trusts root's.
  SUDO_UID: undefined,
} as const

/**
 * Is the folder in a git checkout, and is `.env` tracked there, or in some commit? Asked as the folder's
 * owner, and of a checkout that runs no program of its own. Unknown where git is not installed or
 * refuses.
 */
export async function readGit(
  world: World,
  directory: string,
  envPath: string,
): Promise<Facts['git']> {
  const env = { ...withoutGit(world.env), ...environment }
  const git = (args: readonly string[]) =>
    world.processes.run('git', ['-C', directory, ...options, ...args], {
      timeoutMs,
      env,
      as: 'owner',
    })
  const inside = await git(['rev-parse', '--is-inside-work-tree'])
  if (inside === 'missing') return unknown('git is not installed here')
  if (inside.exitCode !== 0 && !inside.stderr.includes('not a git repository')) {
    return unknown('git does not read this checkout: somebody else owns it, or it is damaged')
  }
  if (inside.exitCode !== 0 || inside.stdout.trim() !== 'true')
    return known({ checkout: false, trackedEnv: false })
  const tracked = await git(['ls-files', '--error-unmatch', '--', envPath])
  if (tracked !== 'missing' && tracked.exitCode === 0)
    return known({ checkout: true, trackedEnv: true })
  const history = await git([
    ...['rev-list', '--all', '--max-count=1', '--missing=allow-any', '--', envPath],
  ])
  if (history === 'missing' || history.exitCode !== 0)
    return known({ checkout: true, trackedEnv: false })
  return known({
    checkout: true,
    trackedEnv: false,
    envInHistory: history.stdout.trim() !== '',
  })
}

/** Variables of ours that steer git: they speak of another folder, or name programs. */
function withoutGit(env: World['env']): Readonly<Record<string, undefined>> {
  const names = Object.keys(env).filter((name) => name.startsWith('GIT_'))
  return Object.fromEntries(names.map((name) => [name, undefined]))
}
