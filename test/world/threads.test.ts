import { expect, test } from 'vitest'
import { realThread } from '../../src/world/real-threads.ts'

// A thread that works is tried with the bundle, in test/package: its program lies there alone.
test('a thread that cannot run says so to whoever asks, then and later', async () => {
  const thread = realThread<string, string>('no-such-program')
  if (thread === undefined) return
  await expect(thread.ask('anything')).rejects.toThrow(/no-such-program/)
  await expect(thread.ask('anything')).rejects.toThrow(/no-such-program/)
  await thread.end()
})

test('a thread that was ended answers nobody any more', async () => {
  const thread = realThread<string, string>('no-such-program')
  if (thread === undefined) return
  await thread.end()
  await expect(thread.ask('anything')).rejects.toThrow()
})
