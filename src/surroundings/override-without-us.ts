import { attempt } from '../failure.ts'
import { refuseTooMuchStructure } from '../install/compose/parse.ts'
import { ownPaths } from '../install/install.ts'
import { overrideWithoutUs } from '../plan/draft-override.ts'
import { parseRecord } from '../plan/record.ts'

/**
 * What the override would be without us. Where the record is damaged, or an edit cannot be taken back,
 * nothing in it counts as the admin's.
 * @param record the text of `.tracecat-harden/written.json`, where there is one
 */
export function withoutUs(text: string, path: string, record: string | undefined): string {
  return attempt(
    () => {
      refuseTooMuchStructure(path, text)
      return overrideWithoutUs(text, path, parseRecord(record, ownPaths.written))
    },
    () => '',
  )
}
