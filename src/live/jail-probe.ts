import seccompProfile from '../../templates/seccomp/executor.jsonc'
import type { Privileges } from '../answers/answers.ts'
import { jailOptions } from '../controls/isolation/executor-privileges.ts'
import type { Abilities } from '../release/release.ts'
import type { World } from '../world/world.ts'

const timeoutMs = 60_000
const proof = 'tracecat-harden: a jail started'

/** The image's user: all of Tracecat's Python services run as uid 1001. */
const user = '1001:1001'

/**
 * Starts a real jail in a container of the release's image, with the options that would be written,
 * least privilege first. The only proof that a jail works is a jail that started: kernels, AppArmor and
 * Docker versions differ.
 * @returns the first level that works, or why each failed
 */
export async function probeJail(
  world: World,
  image: string,
  needs: { readonly abilities: Abilities; readonly appArmor: boolean },
): Promise<{ readonly level: Privileges } | { readonly failures: readonly string[] }> {
  const failures: string[] = []
  for (const level of ['confined', 'capabilities', 'privileged'] as const) {
    const failure = await tryLevel(world, image, level, needs)
    if (failure === undefined) return { level }
    failures.push(`${level}: ${failure}`)
  }
  return { failures }
}

async function tryLevel(
  world: World,
  image: string,
  level: Privileges,
  needs: { readonly abilities: Abilities; readonly appArmor: boolean },
): Promise<string | undefined> {
  const options = jailOptions(level, 'executor', needs)
  const confined = options.securityOpt.some((item) => item.startsWith('seccomp:./'))
  const args = [
    'run',
    '--rm',
    '--pull=never',
    '--network=none',
    `--user=${user}`,
    ...(options.privileged ? ['--privileged'] : []),
    ...options.capAdd.map((item) => `--cap-add=${item}`),
    ...options.capDrop.map((item) => `--cap-drop=${item}`),
    // The client reads the profile: standard input spares a file on disk before anybody said yes.
    ...options.securityOpt.map(
      (item) =>
        `--security-opt=${item.startsWith('seccomp:./') ? 'seccomp=/dev/stdin' : item.replace(':', '=')}`,
    ),
    ...options.devices.map((item) => `--device=${item}`),
    '--entrypoint=/bin/sh',
    image,
    '-c',
    script(needs.abilities),
  ]
  // Our pipe to a child is a socket, which cannot be opened by name: cat makes a real pipe of it.
  const result = confined
    ? await world.processes.run('sh', ['-c', 'cat | docker "$@"', 'sh', ...args], {
        timeoutMs,
        stdin: seccompProfile,
      })
    : await world.processes.run('docker', args, { timeoutMs })
  if (result === 'missing') return 'Docker is not installed here'
  if (result.timedOut) return 'no answer in time'
  if (result.stdout.includes(proof)) return undefined
  const lines = `${result.stderr}\n${result.stdout}`.trim().split('\n')
  const reason = lines.find((line) => /\[[EF]\]|denied|not permitted|error/i.test(line))
  return reason ?? (lines.at(-1) || 'no reason given')
}

/** What Tracecat does: its own namespaces, a fresh /proc, and the network device of the sandbox. */
function script(abilities: Abilities): string {
  const tun = abilities.tunDevice ? 'exec 3<>/dev/net/tun && exec 3>&- && ' : ''
  const proc = abilities.freshProc ? '' : '--disable_proc '
  return `${tun}exec /usr/local/bin/nsjail -Mo -Q --disable_clone_newcgroup --user 1000 --group 1000 ${proc}--chroot / --time_limit 20 -- /bin/echo '${proof}'`
}
