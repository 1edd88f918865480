import type { Json } from '../../install/compose/model.ts'

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
