import {
  type Case,
  type Control,
  type Finding,
  notApplicable,
  stays,
  verdictOf,
} from '../control.ts'
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
    if (c.facts.privileges?.how === 'probed') return verdictOf([])
    return verdictOf([...kernel(c), ...userNamespaces(c), ...device(c)])
  },
}

/** Files of an install change nothing on the host: after `init` it is for `verify` to tell. */
function finding(c: Case, evidence: string, remedy: string): Finding {
  return {
    where: undefined,
    service: 'executor',
    evidence,
    remedy,
    standing:
      c.answers === undefined
        ? undefined
        : stays(
            'no file of the install changes the host; only a jail that starts tells: init tries one where Docker and the image are',
          ),
  }
}

function kernel(c: Case): readonly Finding[] {
  const version = c.facts.host.kernel
  if (version === undefined || !version.known) return []
  const [major = 0, minor = 0] = version.value.split('.').map((part) => Number.parseInt(part, 10))
  if (major > 4 || (major === 4 && minor >= 6)) return []
  return [finding(c, `the kernel is ${version.value}; nsjail needs 4.6`, 'Upgrade the host.')]
}

function userNamespaces(c: Case): readonly Finding[] {
  const { userNamespacesRestricted } = c.facts.host
  if (!userNamespacesRestricted.known || !userNamespacesRestricted.value) return []
  return [
    finding(
      c,
      'AppArmor restricts user namespaces: nsjail, which starts without rights, may be refused one',
      'Set kernel.apparmor_restrict_unprivileged_userns=0 in /etc/sysctl.d, or load an AppArmor profile that allows userns for nsjail.',
    ),
  ]
}

function device(c: Case): readonly Finding[] {
  const { tunDevice } = c.facts.host
  if (!c.release.abilities.tunDevice || !tunDevice.known || tunDevice.value === 'usable') return []
  return [
    tunDevice.value === 'absent'
      ? finding(
          c,
          '/dev/net/tun is missing: the executors cannot be created',
          'modprobe tun, and name it in /etc/modules-load.d.',
        )
      : finding(
          c,
          '/dev/net/tun is not open to all: the jail runs as user 1001',
          'chmod 0666 /dev/net/tun, by a rule of udev so that it lasts.',
        ),
  ]
}
