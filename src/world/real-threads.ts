import { availableParallelism } from 'node:os'
import { parentPort, Worker } from 'node:worker_threads'
import type { Thread } from './threads.ts'

/**
 * Mebibytes. V8 lets its heap grow by what it may become: with its own limits, two threads take 240 MiB
 * to audit a thousand installs, with these 190. The largest Compose file that is read takes under 100.
 */
const memory = { maxYoungGenerationSizeMb: 48, maxOldGenerationSizeMb: 192 }

/**
 * A thread that runs one of our programs, which the build puts beside this file; undefined where there is
 * no second processor. What goes back and forth is copied: plain data only.
 */
export function realThread<Request, Answer>(program: string): Thread<Request, Answer> | undefined {
  if (availableParallelism() < 2) return undefined
  const worker = new Worker(new URL(`./${program}.js`, import.meta.url), {
    resourceLimits: memory,
  })
  let failure: Error | undefined
  let waiting: { answer(answer: Answer): void; fail(error: Error): void }[] = []
  const fail = (error: Error) => {
    failure ??= error
    for (const one of waiting) one.fail(failure)
    waiting = []
  }
  worker.on('message', (answer: Answer) => waiting.shift()?.answer(answer))
  worker.on('error', fail)
  worker.on('exit', () => fail(new Error(`The thread ${program} has ended`)))
  return {
    async ask(request) {
      if (failure !== undefined) throw failure
      return await new Promise((answer, reject) => {
        waiting.push({ answer, fail: reject })
        worker.postMessage(request)
      })
    },
    async end() {
      await worker.terminate()
    },
  }
}

/** The other end, in the thread itself: answers each request in its turn. */
export function answerRequests<Request, Answer>(
  answer: (request: Request) => Promise<Answer>,
): void {
  let last = Promise.resolve()
  parentPort?.on('message', (request: Request) => {
    last = last.then(async () => parentPort?.postMessage(await answer(request)))
  })
}
