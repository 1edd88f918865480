import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Waits until no other process holds this lock, and takes it. Two engines on one machine would
 * overwrite each other's packet filter, and two stacks want the same ports.
 * Returns what gives it back. A holder that has died is ignored.
 */
export async function takeLock(path: string, timeoutMs: number): Promise<() => void> {
  const holder = join(path, 'pid')
  for (const start = Date.now(); ; await pause(500)) {
    try {
      mkdirSync(path)
      writeFileSync(holder, String(process.pid))
      return () => rmSync(path, { recursive: true, force: true })
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
    }
    if (!alive(holder)) rmSync(path, { recursive: true, force: true })
    if (Date.now() - start > timeoutMs) throw new Error(`${path} is held by another run`)
  }
}

function alive(holder: string): boolean {
  try {
    return process.kill(Number(readFileSync(holder, 'utf8')), 0)
  } catch {
    return false
  }
}
