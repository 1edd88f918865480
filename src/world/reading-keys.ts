import type { Readable } from 'node:stream'

/** Runs a prompt of Node's readline, and takes care of what readline leaves out. */
export async function readingKeys<T>(input: Readable, prompt: () => Promise<T>): Promise<T> {
  // After Ctrl-Z and `fg` readline pauses the input (nodejs.org/api/readline.html, 'SIGCONT'): nothing
  // would be waited for any more, and the program would end.
  const goOn = () => setImmediate(() => input.resume())
  process.on('SIGCONT', goOn)
  try {
    return await onEditableLine(prompt)
  } finally {
    process.off('SIGCONT', goOn)
  }
}

/**
 * Where TERM is dumb, readline knows no key that takes a character back: a wrong answer could not be
 * mended. It looks once, when it is made.
 */
function onEditableLine<T>(prompt: () => T): T {
  const { TERM } = process.env
  if (TERM !== 'dumb') return prompt()
  delete process.env.TERM
  try {
    return prompt()
  } finally {
    process.env.TERM = TERM
  }
}
