import { posix } from 'node:path'
import { isEnvOrCopy } from '../../install/env-name.ts'
import { type Install, ownPaths } from '../../install/install.ts'

/** What each gives away as a whole, or everything in it that counts. */
const systemFolders = new Set([
  '/',
  '/boot',
  '/dev',
  '/etc',
  '/home',
  '/proc',
  '/root',
  '/run',
  '/sys',
  '/var',
  '/var/lib',
  '/var/run',
])

/** Kernels, and what Docker and its like keep: the disks, variables and sockets of every container. */
const closed =
  /^(?:\/boot|\/var\/lib\/(?:docker|containerd|containers|kubelet)|\/run\/(?:docker|containerd|podman|crio)[^/]*)(?:\/|$)/

/** Passwords, keys and logins of the host. */
const secret =
  /^\/etc\/(?:g?shadow-?|sudoers|sudoers\.d|ssh|docker|kubernetes|wireguard)(?:\/|$)|^\/(?:root|home\/[^/]+)\/\.(?:ssh|gnupg|kube|docker|aws)(?:\/(?!known_hosts$)|$)/

/** What decides who becomes root on the host: to write it is enough. */
const governing =
  /^\/etc\/(?:passwd|group|pam\.d|pam\.conf|security|cron[^/]*|anacrontab|systemd|init\.d|rc[^/]*|profile|profile\.d|environment|bash\.bashrc|ld\.so\.[^/]*|modprobe\.d|modules|sysctl[^/]*|udev|apt|yum[^/]*|logrotate[^/]*)(?:\/|$)|^\/sys\//

/** What every process may read of the kernel anyway. */
const plainProc =
  /^\/proc\/(?:cpuinfo|diskstats|loadavg|meminfo|mounts|stat|swaps|sys|uptime|version|vmstat)(?:\/|$)/

/** What a container can do with the host that has this file or folder of it; undefined for nothing. */
export function reachOfPath(
  { directory, envPath, sources }: Pick<Install, 'directory' | 'envPath' | 'sources'>,
  source: string,
  readOnly: boolean,
): string | undefined {
  const path = plain(source)
  if (/\/(?:docker|podman|containerd)\.sock$/.test(path))
    return `has ${path}: whoever is in it has the host`
  if (systemFolders.has(path)) return `has ${path} of the host`
  if (`${directory}/`.startsWith(`${path}/`)) return `has ${path}, with .env and its secrets`
  if (path.startsWith(`${directory}/`)) {
    const inside = path.slice(directory.length + 1)
    if (isKept(inside, envPath)) return `has ${inside} of the install, with its secrets`
    return !readOnly && sources.some(({ file }) => file === inside)
      ? `may write ${inside}, from which the containers are made`
      : undefined
  }
  const real = path.replace(/^\/var\/run\//, '/run/')
  if (closed.test(real) || secret.test(real)) return `has ${path} of the host`
  if (real.startsWith('/proc/') && !(readOnly && plainProc.test(real)))
    return `has ${path} of the host`
  return !readOnly && governing.test(real) ? `may write ${path} of the host` : undefined
}

/** `.env` and its copies, and what is kept of it. */
function isKept(inside: string, envPath: string): boolean {
  const state = inside === ownPaths.state || inside.startsWith(`${ownPaths.state}/`)
  return (
    state || inside === envPath || (isEnvOrCopy(inside) && !/\.(?:example|template)$/.test(inside))
  )
}

/** Whole disks, and the host's memory. */
const rawDevice =
  /^\/dev(?:$|\/(?:(?:sd|hd|vd|xvd)[a-z]+\d*$|nvme\d|mmcblk\d|md\d|dm-\d|loop|mapper(?:\/|$)|disk(?:\/|$)|k?mem$|port$))/

/** Such a device is the host as a whole: whoever reads or writes it is past every permission of a file. */
export function isRawDevice(source: string): boolean {
  return rawDevice.test(plain(source))
}

function plain(path: string): string {
  return posix.normalize(path).replace(/(?<=.)\/+$/, '')
}
