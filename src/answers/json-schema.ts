import * as z from 'zod/mini'
import { answersSchema } from './schema.ts'

/** The JSON Schema (draft 7, which editors know) of the answers file, made from the checks themselves. */
export function answersJsonSchema() {
  return z.toJSONSchema(answersSchema, { target: 'draft-07', io: 'input' })
}
