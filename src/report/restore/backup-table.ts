import type { Backup } from '../../apply/backup.ts'
import { stateFolder } from '../../apply/state-folder.ts'
import { wrap } from '../wrap.ts'

const units = [
  ['day', 24 * 60 * 60 * 1000],
  ['hour', 60 * 60 * 1000],
  ['minute', 60 * 1000],
] as const

/** How long ago something was, in words. @param time ISO 8601 */
export function timeAgo(time: string, now: Date): string {
  const passed = now.getTime() - Date.parse(time)
  for (const [unit, length] of units) {
    const count = Math.floor(passed / length)
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'} ago`
  }
  return passed >= 0 ? 'just now' : time
}

/** The files of a backup that people know; what we keep for ourselves is left out. */
export function knownFiles({ files }: Backup): readonly string[] {
  return files.map(({ path }) => path).filter((path) => !path.startsWith(`${stateFolder}/`))
}

/** Each backup with the command that made it, its age and its files. @param backups newest first */
export function backupTable(
  backups: readonly Backup[],
  now: Date,
  columns: number,
): readonly string[] {
  const width = (texts: readonly string[]) => Math.max(...texts.map((text) => text.length))
  const ids = width(backups.map(({ id }) => id))
  const commands = width(backups.map(({ command }) => command))
  const ages = width(backups.map(({ created }) => timeAgo(created, now)))
  return backups.flatMap((backup) => {
    const age = timeAgo(backup.created, now).padEnd(ages)
    const head = `  ${backup.id.padEnd(ids)}  ${backup.command.padEnd(commands)}  ${age}  `
    const files = knownFiles(backup)
    const text = files.length === 0 ? 'nothing but our own records' : files.join(', ')
    return wrap(`${head}${text}`, columns, head.length)
  })
}
