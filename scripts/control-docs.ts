import { controls } from '../src/controls/registry.ts'
import { controlDocs } from '../src/report/control-docs.ts'

/** The pages of docs/controls, by file name. */
export const docs = controlDocs(controls)
