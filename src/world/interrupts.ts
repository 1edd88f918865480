import type { Interrupts } from './process.ts'

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The signals that this process gets. */
export function realInterrupts(): Interrupts {
  return {
    hold() {
      let requested = false
      const note = () => {
        requested = true
      }
      for (const signal of signals) process.on(signal, note)
      return {
        requested: () => requested,
        release() {
          for (const signal of signals) process.off(signal, note)
        },
      }
    },
  }
}

/**
 * Runs `action` when an interrupt comes, and lets the interrupt end the program afterwards,
 * unless somebody else listens for it. Gives the function that stops listening.
 */
export function onInterrupt(action: () => void): () => void {
  const listener = (signal: NodeJS.Signals) => {
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
