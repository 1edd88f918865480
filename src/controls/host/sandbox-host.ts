import {
  type Case,
  type Control,
  type Look,
  notApplicable,
  type Standing,
  stays,
  verdictOf,
} from '../control.ts'
import { look, type Problem } from '../look.ts'
import { isJailed } from '../reading.ts'
export const sandboxHost: Control = {
  meta: {
    id: 'sandbox-host',
    title: 'The host lets a sandbox start',
    severity: 'high',
    area: 'host',
    why: 'nsjail needs Linux 4.6, user namespaces, and for its network /dev/net/tun open to all. Ubuntu from 23.10 on restricts user namespaces by AppArmor.',
    risk: 'Nobody has to attack: no jail starts and every action fails.',
    fix: 'On Ubuntu: sysctl kernel.apparmor_restrict_unprivileged_userns=0, or an AppArmor profile with userns for nsjail. For the device: modprobe tun, mode 0666. init tries a real jail where Docker and the image are.',
    reference: 'https://ubuntu.com/blog/ubuntu-23-10-restricted-unprivileged-user-namespaces',
  },
  inspect(c) {
    if (!c.release.abilities.nsjail)
      return notApplicable(`Tracecat ${c.release.tag} has no sandbox`)
    if (c.facts.host.platform !== 'linux') return notApplicable('this is not the Linux host')
    if (!isJailed(c)) return notApplicable('nsjail is off: see executor-backend')
    if (c.facts.privileges?.how === 'probed') {
      const place = { subject: 'a jail', where: undefined, service: 'executor' }
      return verdictOf([look({ ...place, value: 'was started' }, 'starts')])
    }
    return verdictOf(
      [...kernel(c), ...userNamespaces(c), ...device(c)],
      'nothing is known about this host',
    )
  },
}

/** Files of an install change nothing on the host: after `init` it is for `verify` to tell. */
function onHost(
  c: Case,
  subject: string,
  value: string | boolean,
  expected: string | boolean,
  problem: Problem | false,
): Look {
  const place = { subject, where: undefined, service: 'executor', value }
  return look(place, expected, problem && { ...problem, standing: hostStays(c) })
}

function hostStays({ answers }: Case): Standing | undefined {
  return answers === undefined
    ? undefined
    : stays(
        'no file of the install changes the host; only a jail that starts tells: init tries one where Docker and the image are',
      )
}

function kernel(c: Case): readonly Look[] {
  const version = c.facts.host.kernel
  if (version === undefined || !version.known) return []
  const [major = 0, minor = 0] = version.value.split('.').map((part) => Number.parseInt(part, 10))
  const isOld = major < 4 || (major === 4 && minor < 6)
  return [
    onHost(
      c,
      'the kernel',
      version.value,
      '4.6 or later',
      isOld && {
        evidence: `the kernel is ${version.value}; nsjail needs 4.6`,
        remedy: 'Upgrade the host.',
      },
    ),
  ]
}

function userNamespaces(c: Case): readonly Look[] {
  const { userNamespacesRestricted: fact } = c.facts.host
  if (!fact.known) return []
  return [
    onHost(
      c,
      'user namespaces restricted by AppArmor',
      fact.value,
      false,
      fact.value && {
        evidence:
          'AppArmor restricts user namespaces: nsjail, which starts without rights, may be refused one',
        remedy:
          'Set kernel.apparmor_restrict_unprivileged_userns=0 in /etc/sysctl.d, or load an AppArmor profile that allows userns for nsjail.',
      },
    ),
  ]
}

function device(c: Case): readonly Look[] {
  const { tunDevice } = c.facts.host
  if (!c.release.abilities.tunDevice || !tunDevice.known) return []
  const problems = {
    usable: false,
    absent: {
      evidence: '/dev/net/tun is missing: the executors cannot be created',
      remedy: 'modprobe tun, and name it in /etc/modules-load.d.',
    },
    'not-accessible': {
      evidence: '/dev/net/tun is not open to all: the jail runs as user 1001',
      remedy: 'chmod 0666 /dev/net/tun, by a rule of udev so that it lasts.',
    },
  } as const
  return [onHost(c, '/dev/net/tun', tunDevice.value, 'usable', problems[tunDevice.value])]
}
