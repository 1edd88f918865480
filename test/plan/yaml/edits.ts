import type { YamlEdit, YamlValue } from '../../../src/controls/edit.ts'

/** Short forms of edits; paths are written with dots. */
export const set = (path: string, value: YamlValue): YamlEdit => ({
  op: 'set',
  path: path.split('.'),
  value,
})

export const remove = (path: string): YamlEdit => ({ op: 'remove', path: path.split('.') })

export const add = (path: string, item: string, key?: string): YamlEdit => ({
  op: 'add-item',
  path: path.split('.'),
  item,
  ...(key === undefined ? {} : { key }),
})

export const removeItem = (path: string, item: string, key?: string): YamlEdit => ({
  op: 'remove-item',
  path: path.split('.'),
  item,
  ...(key === undefined ? {} : { key }),
})
