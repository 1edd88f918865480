import type { Fact, HostFacts } from '../controls/facts.ts'
import { known, unknown } from '../controls/facts.ts'
import { parseJson } from '../json.ts'
import type { World } from '../world/world.ts'

const limit = 4096

/** What files of the host tell; on a machine that is not Linux they tell nothing. */
export async function readHost(world: World): Promise<HostFacts> {
  const flag = async (path: string, absent: boolean): Promise<Fact<boolean>> => {
    if (world.platform !== 'linux') return unknown('this is not the Linux host')
    const state = await world.files.read(path, limit)
    if (state.kind === 'absent') return known(absent)
    if (state.kind !== 'file') return unknown(`${path} cannot be read`)
    return known(/^[Y1]/.test(new TextDecoder().decode(state.bytes)))
  }
  return {
    platform: world.platform,
    appArmor: await flag('/sys/module/apparmor/parameters/enabled', false),
    userNamespacesRestricted: await flag(
      '/proc/sys/kernel/apparmor_restrict_unprivileged_userns',
      false,
    ),
    tunDevice: await readTun(world),
    kernel: await readKernel(world),
    logging: await readLogging(world),
  }
}

async function readKernel(world: World): Promise<Fact<string>> {
  if (world.platform !== 'linux') return unknown('this is not the Linux host')
  const path = '/proc/sys/kernel/osrelease'
  const state = await world.files.read(path, limit)
  if (state.kind !== 'file') return unknown(`${path} cannot be read`)
  return known(new TextDecoder().decode(state.bytes).trim())
}

/** The daemon's default for logs: json-file without limit where its file says nothing. */
async function readLogging(world: World): Promise<NonNullable<HostFacts['logging']>> {
  if (world.platform !== 'linux') return unknown('this is not the Linux host')
  const path = '/etc/docker/daemon.json'
  const state = await world.files.read(path, 64 * 1024)
  if (state.kind === 'absent') return known({ driver: 'json-file', limited: false })
  if (state.kind !== 'file') return unknown(`${path} cannot be read`)
  const settings = parseJson(new TextDecoder().decode(state.bytes))
  return settings === undefined ? unknown(`${path} is no JSON`) : known(loggingOf(settings))
}

function loggingOf(settings: unknown): { driver: string; limited: boolean } {
  const field = (from: unknown, name: string): unknown =>
    typeof from === 'object' && from !== null ? Reflect.get(from, name) : undefined
  const driver = field(settings, 'log-driver')
  return {
    driver: typeof driver === 'string' ? driver : 'json-file',
    limited: field(field(settings, 'log-opts'), 'max-size') !== undefined,
  }
}

/** The jail opens it as uid 1001: mode 0666 is needed, whatever else is granted. */
async function readTun(world: World): Promise<HostFacts['tunDevice']> {
  if (world.platform !== 'linux') return unknown('this is not the Linux host')
  const path = '/dev/net/tun'
  const state = await world.files.read(path, limit)
  if (state.kind === 'absent') return known('absent')
  if (state.kind !== 'not-a-file' || state.mode === undefined)
    return unknown(`${path} cannot be asked`)
  return known((state.mode & 0o006) === 0o006 ? 'usable' : 'not-accessible')
}
