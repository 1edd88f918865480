import type { FileChange } from '../apply/step.ts'
import { Failure } from '../failure.ts'
import { lastingValues } from '../install/env-file/resolve.ts'
import { ownPaths } from '../install/install.ts'
import { changeValues } from '../plan/env/change-values.ts'
import { parseHistory, renderHistory, withChanged } from '../plan/history.ts'
import { parseRecord, renderRecord } from '../plan/record.ts'
import type { SecretId } from '../secrets/catalogue.ts'
import type { Secret } from '../secrets/secret.ts'
import { parseFingerprints, updateFingerprints } from '../surroundings/fingerprints.ts'
import type { ReadInstall } from '../surroundings/read-install.ts'

/** Only its owner reads what holds secrets; the group of an existing `.env` keeps its right. */
const secretMode = 0o600
const groupReads = 0o040

/** The files that give one secret its new values: `.env`, and what we remember about it. */
export async function planRotation(
  { install, onDisk, shell }: ReadInstall,
  id: SecretId,
  values: ReadonlyMap<string, Secret>,
  now: Date,
): Promise<readonly FileChange[]> {
  const { env, envPath } = install
  if (env === undefined) {
    throw new Failure('surroundings', `There is no ${envPath}.`, {
      remedy: 'tracecat-harden init rebuilds it from the running containers or a backup.',
    })
  }
  const textOf = (path: string) => onDisk.get(path)?.text
  const record = parseRecord(textOf(ownPaths.written), ownPaths.written)
  const changed = changeValues(env, values, record, shell)
  const history = withChanged(parseHistory(textOf(ownPaths.history)), [id], now)
  const fingerprints = await updateFingerprints(
    parseFingerprints(textOf(ownPaths.fingerprints)),
    lastingValues(changed.env, shell),
  )
  const texts = new Map<string, string>([
    [envPath, changed.env.text],
    [ownPaths.lastEnv, changed.env.text],
    [ownPaths.history, renderHistory(history)],
    ...(record.size === 0 ? [] : [[ownPaths.written, renderRecord(changed.record)] as const]),
    ...(fingerprints === undefined ? [] : [[ownPaths.fingerprints, fingerprints] as const]),
  ])
  return [...texts].map(([path, text]) => {
    const before = onDisk.get(path)
    return {
      path,
      before: before?.hash ?? 'absent',
      after: new TextEncoder().encode(text),
      mode: path === envPath ? secretMode | ((before?.mode ?? 0) & groupReads) : secretMode,
    }
  })
}
