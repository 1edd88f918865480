import type { ComposeEdit, YamlValue } from '../controls/edit.ts'
import { servicePlace } from '../controls/service-places.ts'
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
  const [key = '', inner = ''] = rest
  const place = servicePlace(key)
  if (service === undefined) return false
  return edit.op === 'add-item'
    ? place?.add?.(service, resolved(after, edit.item)) === true
    : place?.set?.(service, wanted(after, edit.value), inner) === true
}

/** A value of ours as Compose resolves it. */
function wanted(after: Install, value: YamlValue): Json {
  const tagged = typeof value === 'object' && value !== null && 'tag' in value && 'data' in value
  const data = (tagged ? value.data : value) as Json
  const text = (one: Json) => (typeof one === 'string' ? resolved(after, one) : one)
  return Array.isArray(data) ? data.map(text) : text(data)
}

function resolved(after: Install, text: string): string {
  return interpolate(text, (name) => after.values.get(name)).value
}
