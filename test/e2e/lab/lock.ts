import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Waits until no other run holds this lock, and takes it for the process that stands for this run. Two
 * engines on one machine would overwrite each other's packet filter, and two stacks want the same ports.
 * A holder that has died is ignored.
 * @returns `ours` where this run holds it already
 */
export async function takeLock(
  path: string,
  owner: number,
  timeoutMs: number,
): Promise<'taken' | 'ours'> {
  for (const start = Date.now(); ; await pause(500)) {
    try {
      mkdirSync(path)
      writeFileSync(holderFile(path), String(owner))
      return 'taken'
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    if (holderOf(path) === owner) return 'ours'
    if (!isAlive(holderOf(path))) rmSync(path, { recursive: true, force: true })
    if (Date.now() - start > timeoutMs) throw new Error(`${path} is held by another run`)
  }
}

export function giveBackLock(path: string): void {
  rmSync(path, { recursive: true, force: true })
}

/** The process that holds it. */
export function holderOf(path: string): number | undefined {
  try {
    return Number(readFileSync(holderFile(path), 'utf8')) || undefined
  } catch {
    return undefined
  }
}

function holderFile(path: string): string {
  return join(path, 'pid')
}

function isAlive(holder: number | undefined): boolean {
  try {
    return holder !== undefined && process.kill(holder, 0)
  } catch {
    return false
  }
}
