import { isDeepStrictEqual } from 'node:util'
import type { ComposeEdit, YamlValue } from '../controls/edit.ts'
import type { Json } from '../install/compose/model.ts'
import type { Install } from '../install/install.ts'
import { interpolate } from '../install/interpolate.ts'
import { type FoldedEdits, reveal } from './fold.ts'
import type { Drift } from './record.ts'

/**
 * Holds promise 3: what is written is what Compose reads. Every variable must resolve to what was
 * wanted, and the merged model must show every edit; places that the admin keeps are left out.
 * @throws Error where one does not: nothing may be written then
 */
export function verifyPlan(folded: FoldedEdits, after: Install, drift: readonly Drift[]): void {
  const kept = new Set(drift.map(({ what }) => what))
  for (const { name, value } of folded.env) {
    if (kept.has(name) || after.values.get(name) === reveal(value)) continue
    const referring = after.env?.assignments.findLast((one) => one.name === name)?.raw ?? ''
    if ([...kept].some((other) => referring.includes(other))) continue
    throw new Error(`${name} would not resolve to what is wanted`)
  }
  if (after.compose === undefined || !after.sources.some(({ file }) => file === after.overridePath))
    return
  for (const edit of folded.override) {
    if (
      kept.has(edit.path.join('.')) ||
      [...kept].some((place) => place.startsWith(`${edit.path.join('.')}:`))
    )
      continue
    if (!shows(after, edit))
      throw new Error(`the resolved model would not show ${edit.path.join('.')}`)
  }
}

function shows(after: Install, edit: ComposeEdit['edit']): boolean {
  const [section, name = '', ...rest] = edit.path
  const { model } = after.compose ?? {}
  if (model === undefined) return false
  if (section !== 'services') {
    const declared =
      section === 'volumes' ? model.volumes : section === 'configs' ? model.configs : model.networks
    return declared.has(name)
  }
  const service = model.services.get(name)
  if (service === undefined) return false
  if (edit.op === 'add-item')
    return showsItem(service, edit.path.at(-1) ?? '', resolved(after, edit.item))
  const [key, inner] = rest
  if (key === 'environment' && inner !== undefined && typeof edit.value === 'string') {
    return service.environment.get(inner) === resolved(after, edit.value)
  }
  if (key === 'command') return same(service.command, wanted(after, edit.value))
  if (key === 'healthcheck') return same(service.healthcheckTest, wanted(after, edit.value))
  if (key === 'privileged') return service.privileged === wanted(after, edit.value)
  if (key === 'restart') return service.restart === wanted(after, edit.value)
  if (key === 'logging') return isDeepStrictEqual(service.logging, wanted(after, edit.value))
  return showsList(service, key ?? '', wanted(after, edit.value))
}

type Service =
  NonNullable<Install['compose']>['model']['services'] extends ReadonlyMap<string, infer S>
    ? S
    : never

function showsItem(service: Service, list: string, item: string): boolean {
  switch (list) {
    case 'ports':
      return service.ports.some(
        (port) =>
          `${port.published}:${port.target}${port.protocol === 'udp' ? '/udp' : ''}` === item,
      )
    case 'volumes':
      return service.mounts.some((mount) => mount.target === item.split(':')[1])
    case 'configs':
      return service.configs.some(({ source }) => source === item)
    default:
      return lists(service, list).includes(item)
  }
}

function showsList(service: Service, list: string, value: Json): boolean {
  return Array.isArray(value) && value.every((item) => lists(service, list).includes(String(item)))
}

function lists(service: Service, list: string): readonly string[] {
  switch (list) {
    case 'cap_add':
      return service.capAdd
    case 'cap_drop':
      return service.capDrop
    case 'security_opt':
      return service.securityOpt
    case 'devices':
      return service.devices
    case 'ports':
      return service.ports.map(
        ({ hostIp, published, target }) => `${hostIp ?? ''}:${published ?? ''}:${target}`,
      )
    default:
      return []
  }
}

/** A value of ours as Compose resolves it. */
function wanted(after: Install, value: YamlValue): Json {
  const tagged = typeof value === 'object' && value !== null && 'tag' in value && 'data' in value
  const data = (tagged ? value.data : value) as Json
  const text = (one: Json) => (typeof one === 'string' ? resolved(after, one) : one)
  return Array.isArray(data) ? data.map(text) : text(data)
}

function same(actual: readonly string[] | undefined, wanted: Json): boolean {
  return JSON.stringify(actual) === JSON.stringify(wanted)
}

function resolved(after: Install, text: string): string {
  return interpolate(text, (name) => after.values.get(name)).value
}
