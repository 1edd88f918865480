import type { EdgePart } from '../edge/parts.ts'
import type { Json } from '../install/compose/model.ts'
import type { Secret } from '../secrets/secret.ts'
import type { ListKey, SetKey } from './service-places.ts'

/** A value to write: plain data, or data under one of Compose's own tags. */
export type YamlValue = Json | { readonly tag: '!reset' | '!override'; readonly data: Json }

/**
 * One change to one place of a Compose override.
 * `set` under `environment` works on the list form too (`- NAME=value`). Items of lists
 * (`security_opt`, `cap_add`, `devices`, `ports`, `volumes`) are added beside what the admin has;
 * `key` says which item is meant where it is not the whole text (a volume's target path).
 */
export type YamlEdit =
  | { readonly op: 'set'; readonly path: readonly string[]; readonly value: YamlValue }
  | { readonly op: 'remove'; readonly path: readonly string[] }
  | {
      readonly op: 'add-item'
      readonly path: readonly string[]
      readonly item: string
      readonly key?: string
    }
  | {
      readonly op: 'remove-item'
      readonly path: readonly string[]
      readonly item: string
      readonly key?: string
    }

/** A variable of `.env` that must resolve to this value. */
export interface EnvEdit {
  readonly kind: 'env'
  readonly name: string
  readonly value: string | Secret
  /** What to write instead of the plain value, such as `${PUBLIC_APP_URL}/api`. It must resolve to `value`. */
  readonly expression?: string
  /** A comment above a variable that is new in the file. */
  readonly comment?: string
  /** The variable behind which a new one stands, where nothing above uses it. */
  readonly after?: string
  /** A key that must never vanish: it stays when nobody wants it any more. */
  readonly keep?: boolean
}

/** Something in the Compose override that must be there. */
export interface ComposeEdit {
  readonly kind: 'compose'
  readonly edit: Extract<YamlEdit, { op: 'set' | 'add-item' }>
}

export interface EdgeEdit {
  readonly kind: 'edge'
  readonly part: EdgePart
}

/** A file of ours. */
export interface FileEdit {
  readonly kind: 'file'
  readonly path: string
  readonly text: string
}

/** A line that a file of the admin's must have, such as one of `.gitignore`. */
export interface LineEdit {
  readonly kind: 'line'
  readonly path: string
  readonly line: string
}

/** One change to one place. Edits are data; `plan/` folds them into files. */
export type Edit = EnvEdit | ComposeEdit | EdgeEdit | FileEdit | LineEdit

/** `services.<service>.<key> = value` of the override. */
export function setInService(
  service: string,
  path: readonly [SetKey, ...string[]],
  value: YamlValue,
): ComposeEdit {
  return { kind: 'compose', edit: { op: 'set', path: ['services', service, ...path], value } }
}

/** A text of the resolved model, as a Compose file has to say it: there `$$` is one `$`. */
export function literal(text: string): string {
  return text.replaceAll('$', '$$$$')
}

/** One more item in a list of a service. */
export function addToService(
  service: string,
  list: ListKey,
  item: string,
  key?: string,
): ComposeEdit {
  const edit = { op: 'add-item', path: ['services', service, list], item } as const
  return { kind: 'compose', edit: key === undefined ? edit : { ...edit, key } }
}

export function setVariableTo(
  name: string,
  value: string | Secret,
  more: Omit<EnvEdit, 'kind' | 'name' | 'value'> = {},
): EnvEdit {
  return { kind: 'env', name, value, ...more }
}
