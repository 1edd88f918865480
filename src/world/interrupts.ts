import type { HoldKind, Interrupts } from './process.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** How many hold interrupts so that what runs is finished. */
let finishing = 0

/** The signals that this process gets. */
export function realInterrupts(): Interrupts {
  return {
    hold(kind: HoldKind) {
      let requested = false
      let held = true
      const note = () => {
        requested = true
      }
      for (const signal of signals) process.on(signal, note)
      if (kind === 'finish') finishing += 1
      return {
        requested: () => requested,
        release() {
          if (!held) return
          held = false
          if (kind === 'finish') finishing -= 1
          for (const signal of signals) process.off(signal, note)
        },
      }
    },
  }
}

/**
 * Runs `action` when an interrupt comes, and lets the interrupt end the program afterwards, unless somebody
 * else listens for it. While interrupts are held to finish what runs, nothing happens.
 * Gives the function that stops listening.
 */
export function onInterrupt(action: () => void): () => void {
  const listener = (signal: NodeJS.Signals) => {
    if (finishing > 0) return
    action()
    stop()
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  }
  const stop = () => {
    for (const signal of signals) process.off(signal, listener)
  }
  for (const signal of signals) process.on(signal, listener)
  return stop
}
