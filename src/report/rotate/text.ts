import type { Case } from '../../controls/control.ts'
import { catalogue, keptInData, type SecretId } from '../../secrets/catalogue.ts'
import { serverOf } from '../../servers/servers.ts'
import { wrap } from '../wrap.ts'

/** What would be done, before anything is. */
export function rotatePlan(
  { install, release }: Case,
  ids: readonly SecretId[],
  { needed, running }: { readonly needed: readonly string[]; readonly running: boolean },
  columns: number,
): readonly string[] {
  const width = Math.max(...ids.map((id) => id.length))
  const state = running ? '' : ' (never started: files alone)'
  return [
    `Tracecat ${release.tag} in ${install.directory}${state}`,
    '',
    'To be rotated, one after the other:',
    ...ids.flatMap((id) => {
      const { does, breaks } = catalogue[id]
      const holders = running ? holdersOf(id, install) : []
      const recreated = holders.length === 0 ? '' : ` Recreated: ${holders.join(', ')}.`
      const pad = ' '.repeat(width + 4)
      return [
        ...wrap(`  ${id.padEnd(width)}  ${does}${recreated}`, columns, width + 4),
        ...wrap(`${pad}What breaks: ${breaks}`, columns, width + 4),
      ]
    }),
    ...(needed.length === 0 ? [] : ['', `These do not run, and have to: ${needed.join(', ')}`]),
  ]
}

/** The services whose containers have it; a database keeps running. */
function holdersOf(id: SecretId, install: Case['install']): readonly string[] {
  const values = catalogue[id].variables.flatMap((name) => install.values.get(name) || [])
  return [...(install.compose?.model.services.values() ?? [])]
    .filter(({ environment }) =>
      [...environment.values()].some((text) => values.some((value) => contains(text, value))),
    )
    .map(({ name }) => name)
    .filter((name) => !keepsRunning.includes(name))
    .sort()
}

const keepsRunning = keptInData.flatMap((id) => serverOf(id)?.service ?? [])

/** As a whole, or as the password in a URI. */
function contains(text: string | null, value: string): boolean {
  return text === value || (text?.includes(`:${value}@`) ?? false)
}
