/** The editor of an admin's Compose override: what the rest of `plan/` uses of this folder. */
export type { YamlEdit, YamlValue } from '../../controls/edit.ts'
export { editYaml } from './edit-yaml.ts'
export { valueAt } from './read-yaml.ts'
