import { posix } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import seccompProfile from '../../../templates/seccomp/executor.jsonc'
import type { Privileges } from '../../answers/answers.ts'
import type { Service } from '../../install/compose/model.ts'
import { ownPaths } from '../../install/install.ts'
import { parseJson } from '../../json.ts'
import type { Abilities } from '../../release/release.ts'
import {
  acceptedBy,
  type Case,
  type Control,
  type HardenCase,
  type Look,
  notApplicable,
  stays,
  verdictOf,
} from '../control.ts'
import { addToService, type Edit, type FileEdit, literal, setInService } from '../edit.ts'
import { look, type Problem, settingAt } from '../look.ts'
import {
  baseModel,
  isAdminsChoice,
  isJailed,
  model,
  presentOf,
  sandboxServices,
} from '../reading.ts'
import type { ListKey, SetKey } from '../service-places.ts'
import { mayHold } from './rights.ts'

/** What a container needs so that nsjail can start in it. */
export interface JailOptions {
  readonly privileged: boolean
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
  readonly securityOpt: readonly string[]
  readonly devices: readonly string[]
}

const seccompOption = `seccomp:./${ownPaths.seccomp}`

/**
 * The options for one service at one level. nsjail makes its own user namespace, so that it needs no
 * capability (tried: uid 1001, all capabilities dropped); a fresh procfs needs `systempaths=unconfined`,
 * and user-space networking needs `/dev/net/tun`.
 */
export function jailOptions(
  level: Privileges,
  service: (typeof sandboxServices)[number],
  needs: { readonly abilities: Abilities; readonly appArmor: boolean },
): JailOptions {
  const systemPaths = needs.abilities.freshProc ? ['systempaths=unconfined'] : []
  const appArmor = needs.appArmor ? ['apparmor=unconfined'] : []
  const devices = needs.abilities.tunDevice ? ['/dev/net/tun:/dev/net/tun'] : []
  if (level === 'confined') {
    return {
      privileged: false,
      capAdd: [],
      capDrop: ['ALL'],
      securityOpt: ['no-new-privileges:true', seccompOption, ...systemPaths, ...appArmor],
      devices,
    }
  }
  const privileged = level === 'privileged' && service === 'executor'
  return {
    privileged,
    capAdd: privileged ? [] : ['SYS_ADMIN'],
    capDrop: [],
    securityOpt: ['seccomp:unconfined', ...systemPaths, ...appArmor],
    devices,
  }
}

export const executorPrivileges: Control = {
  meta: {
    id: 'executor-privileges',
    title: 'The executors may start a sandbox, and little else',
    severity: 'high',
    area: 'isolation',
    why: "nsjail needs what Docker's defaults deny. The documented ways give far more: with privileged, code outside of the jail becomes root and sees the host's disks; with SYS_ADMIN it becomes root in the container.",
    risk: 'A workflow that breaks out of, or runs beside, the jail takes over the container or the host.',
    fix: 'Both executors get exactly what the level needs: confined (no capability, a seccomp profile of ours), capabilities (SYS_ADMIN) or privileged. The least that starts a real jail is chosen, privileged where none can be tried. With tenancy: trusted, what the Compose file grants for a jail is taken back.',
    reference: 'https://github.com/google/nsjail#readme',
  },
  inspect(c) {
    if (!c.release.abilities.nsjail)
      return notApplicable(`Tracecat ${c.release.tag} has no sandbox`)
    if (!isJailed(c)) return notApplicable('nsjail is off: see executor-backend')
    const services = presentOf(model(c), sandboxServices)
    return verdictOf([
      ...services.flatMap((name) => inspectService(c, name)),
      ...inspectProfile(c, services),
    ])
  },
  harden(c) {
    if (!c.release.abilities.nsjail) return []
    if (c.answers.tenancy === 'trusted')
      return presentOf(baseModel(c), sandboxServices).flatMap((name) => withoutRights(c, name))
    const level = c.facts.privileges?.level
    if (level === undefined) return []
    const edits: Edit[] = presentOf(baseModel(c), sandboxServices).flatMap((name) =>
      hardenService(c, level, name),
    )
    if (level === 'confined') edits.push(profileFile)
    return edits
  },
}

const profileFile: FileEdit = { kind: 'file', path: ownPaths.seccomp, text: seccompProfile }

function isSandboxService(name: string): name is (typeof sandboxServices)[number] {
  return sandboxServices.some((one) => one === name)
}

function hardenService(c: HardenCase, level: Privileges, name: string): readonly Edit[] {
  if (!isSandboxService(name)) return []
  const appArmor = c.facts.host.appArmor.known && c.facts.host.appArmor.value
  const options = jailOptions(level, name, { abilities: c.release.abilities, appArmor })
  const stock = baseModel(c)?.services.get(name)
  return [
    ...(options.privileged || stock?.privileged === true
      ? [setInService(name, ['privileged'], options.privileged)]
      : []),
    ...list(name, 'cap_add', options.capAdd, stock?.capAdd ?? []),
    ...list(name, 'cap_drop', options.capDrop, stock?.capDrop ?? []),
    ...list(name, 'security_opt', options.securityOpt, stock?.securityOpt ?? []),
    ...list(name, 'devices', options.devices, []),
  ]
}

/** Without a sandbox, what the Compose file grants for it (0.53 does) is only a way out of the container. */
function withoutRights(c: HardenCase, name: string): readonly Edit[] {
  const stock = baseModel(c)?.services.get(name)
  if (stock === undefined) return []
  const lists: readonly (readonly [ListKey & SetKey, readonly string[], RegExp])[] = [
    ['cap_add', stock.capAdd, /^(?:CAP_)?(?:SYS_ADMIN|ALL)$/i],
    ['security_opt', stock.securityOpt, /^(?:seccomp|systempaths)[:=]unconfined$/],
  ]
  return lists.flatMap(([key, items, right]) => {
    const kept = items.filter((item) => !right.test(item))
    return kept.length === items.length || isAdminsChoice(c, name, key)
      ? []
      : [setInService(name, [key], wholeList(kept))]
  })
}

function wholeList(data: readonly string[]) {
  return data.length === 0
    ? ({ tag: '!reset', data: [] } as const)
    : ({ tag: '!override', data: data.map(literal) } as const)
}

/**
 * Compose adds the lists of two files up. Where the base has items that contradict ours (0.53 adds
 * SYS_ADMIN and turns seccomp off), the whole list is replaced, with the admin's other items kept.
 */
function list(
  service: string,
  key: ListKey & SetKey,
  wanted: readonly string[],
  stock: readonly string[],
): readonly Edit[] {
  const contradicting = stock.filter(
    (item) => !wanted.includes(item) && contradicts(key, item, wanted),
  )
  if (contradicting.length === 0)
    return wanted
      .filter((item) => !stock.includes(item))
      .map((item) => addToService(service, key, item))
  const kept = stock.filter((item) => !contradicting.includes(item))
  const data = [...new Set([...kept, ...wanted])]
  return [setInService(service, [key], wholeList(data))]
}

function contradicts(key: string, item: string, wanted: readonly string[]): boolean {
  if (key === 'cap_add') return /^(?:CAP_)?(?:SYS_ADMIN|ALL)$/i.test(item) && wanted.length === 0
  if (key !== 'security_opt') return false
  return optionName(item) === 'seccomp' && wanted.some((own) => optionName(own) === 'seccomp')
}

function optionName(item: string): string {
  return item.split(/[:=]/, 1)[0] ?? item
}

function inspectService(c: Case, name: string): readonly Look[] {
  const service = model(c)?.services.get(name)
  if (service === undefined || !isSandboxService(name)) return []
  const missing = missingFor(c, service)
  return [
    look(
      settingAt(c, name, ['security_opt'], service.securityOpt.join(', ')),
      'what nsjail needs to start',
      missing.length > 0 && {
        evidence: `nsjail cannot start in ${name}: it lacks ${missing.join(', ')}`,
      },
    ),
    look(
      settingAt(c, name, ['privileged'], service.privileged),
      false,
      service.privileged && wide(c, name, 'privileged', 'it sees every device of the host'),
    ),
    look(
      settingAt(c, name, ['cap_add'], service.capAdd.join(', ')),
      'no SYS_ADMIN',
      !service.privileged &&
        mayHold(service, 'SYS_ADMIN') &&
        wide(c, name, 'capabilities', whatItOpens(c.release.abilities)),
    ),
  ]
}

/** Where a service names our profile, it must be there and say what we wrote; others are the admin's. */
function inspectProfile(c: Case, services: readonly string[]): readonly Look[] {
  const service = services.find((name) => namesOurProfile(c, name))
  if (service === undefined) return []
  const path = ownPaths.seccomp
  const file = c.install.files.get(path)
  if (file === undefined) {
    return [
      look(settingAt(c, service, ['security_opt'], path), 'a profile that is there', {
        evidence: `there is no ${path}, which ${service} names: its container cannot be made`,
        severity: 'medium',
      }),
    ]
  }
  const text = parseJson(file.text)
  const isOurs = isDeepStrictEqual(text, parseJson(seccompProfile))
  const value = isOurs ? 'the one that is written' : text === undefined ? 'no JSON' : 'another'
  return [
    look(
      { subject: path, where: { file: path }, service, value },
      'the one that is written',
      !isOurs && {
        evidence:
          text === undefined
            ? `${path} is no JSON: the container of ${service} cannot be made`
            : `${path} is not the profile that tracecat-harden writes: what it forbids is unknown`,
        remedy:
          'Remove it and run tracecat-harden init; keep a profile of your own under another name.',
        severity: 'medium',
      },
    ),
  ]
}

function namesOurProfile(c: Case, name: string): boolean {
  const own = posix.resolve(c.install.directory, ownPaths.seccomp)
  return (model(c)?.services.get(name)?.securityOpt ?? []).some((item) => {
    const [, path] = /^seccomp[:=](.+)$/.exec(item) ?? []
    return path !== undefined && posix.resolve(c.install.directory, path) === own
  })
}

function whatItOpens({ mountCapabilities }: Abilities): string {
  return mountCapabilities
    ? 'code outside of the jail can become root in the container'
    : 'whoever becomes root in the container can leave it'
}

/** Wider than `confined`: accepted where the admin asked for it; it stays where nothing less was proved to work. */
function wide(c: Case, name: string, level: Privileges, what: string): Problem {
  const fact = c.facts.privileges
  const asked = c.answers?.executorPrivileges
  const standing =
    asked !== undefined && asked !== 'auto' && order.indexOf(asked) >= order.indexOf(level)
      ? acceptedBy(`executorPrivileges: ${asked}`)
      : asked === 'auto' && fact !== undefined && order.indexOf(fact.level) >= order.indexOf(level)
        ? stays(fact.why)
        : undefined
  return {
    evidence: `${name} is ${level === 'privileged' ? 'privileged' : 'given SYS_ADMIN'}: ${what}`,
    remedy:
      'Set executorPrivileges: confined and run tracecat-harden init; it is proved where Docker and the image are.',
    standing,
  }
}

const order: readonly Privileges[] = ['confined', 'capabilities', 'privileged']

function missingFor(c: Case, service: Service): readonly string[] {
  const options = service.securityOpt.map((item) => item.replace('=', ':'))
  const missing: string[] = []
  const { freshProc, tunDevice } = c.release.abilities
  if (!service.privileged) {
    if (freshProc && !options.includes('systempaths:unconfined'))
      missing.push('systempaths=unconfined')
    if (!options.some((item) => item.startsWith('seccomp:')))
      missing.push('a seccomp profile that lets it')
  }
  if (
    tunDevice &&
    !service.privileged &&
    !service.devices.some((item) => item.startsWith('/dev/net/tun'))
  )
    missing.push('/dev/net/tun')
  if (
    c.facts.host.appArmor.known &&
    c.facts.host.appArmor.value &&
    !service.privileged &&
    !options.includes('apparmor:unconfined')
  ) {
    missing.push('apparmor=unconfined')
  }
  return missing
}
