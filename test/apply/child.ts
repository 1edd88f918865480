import { writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { applyPlan } from '../../src/apply/engine.ts'
import { recover } from '../../src/apply/recover.ts'
import type { FileChange } from '../../src/apply/step.ts'
import { Masker } from '../../src/secrets/masker.ts'
import type { Files } from '../../src/world/files.ts'
import { realWorld } from '../../src/world/real.ts'
import { filesOnly, sampleChanges } from './samples.ts'

// A program of its own for tests that need real processes: `apply`, `recover`, `serve`
// and `wait`, which starts a program and holds interrupts meanwhile, in the way that it is told.
// KILL_AT=<n>: ends by SIGKILL at the n-th operation that changes something; KILL_WHEN says where in it.
// INTERRUPT_AT=<end of a path>: gets all interrupts before it renames over that file.

const killAt = Number(process.env.KILL_AT ?? Number.POSITIVE_INFINITY)
const killWhen = process.env.KILL_WHEN ?? 'before'
const done: string[] = []

function die(): void {
  process.kill(process.pid, 'SIGKILL')
  // The signal comes at once, but the next line must not run in any case.
  for (;;);
}

function mortal(files: Files): Files {
  const guarded =
    <Args extends unknown[]>(
      name: keyof Files,
      act: (...args: Args) => Promise<void>,
      half: (...args: Args) => void = () => undefined,
    ) =>
    async (...args: Args): Promise<void> => {
      const isLast = done.length === killAt
      done.push(name)
      if (isLast && killWhen === 'before') die()
      if (isLast && killWhen === 'half') {
        half(...args)
        die()
      }
      await act(...args)
      if (isLast) die()
    }
  return {
    ...files,
    makeDirectory: guarded('makeDirectory', files.makeDirectory),
    create: guarded('create', files.create, (path, bytes, mode) =>
      writeFileSync(path, bytes.slice(0, bytes.length >> 1), { flag: 'wx', mode }),
    ),
    link: guarded('link', files.link),
    rename: guarded('rename', async (from, to) => {
      if (to.endsWith(process.env.INTERRUPT_AT ?? '\0')) {
        for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
          process.kill(process.pid, signal)
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      await files.rename(from, to)
    }),
    remove: guarded('remove', files.remove),
    removeDirectory: guarded('removeDirectory', files.removeDirectory),
  }
}

async function serve(): Promise<void> {
  say('ready')
  for await (const line of createInterface({ input: process.stdin })) {
    const [root = '', before = ''] = line.split(' ')
    const after = new TextEncoder().encode(`${process.pid}\n`)
    const changes: readonly FileChange[] = [{ path: '.env', before, after, mode: 0o600 }]
    say(await applyPlan(world, root, { command: 'race', changes }).then(() => 'won', String))
  }
}

async function waitForProgram(kind: string | undefined): Promise<void> {
  const held = kind === 'finish' || kind === 'note' ? real.interrupts.hold(kind) : undefined
  process.on('SIGUSR2', () => say('begun'))
  const args = ['-c', 'kill -USR2 $PPID; sleep 1; echo ended']
  const result = await real.processes.run('sh', args, { timeoutMs: 10_000 })
  say({ requested: held?.requested(), stdout: result === 'missing' ? result : result.stdout })
}

function say(text: unknown): void {
  process.stdout.write(`${JSON.stringify(text)}\n`)
}

const real = realWorld(new Masker())
const world = { ...real, files: mortal(real.files) }
const [action, root = ''] = process.argv.slice(2)
if (action === 'wait') await waitForProgram(root)
if (action === 'serve') await serve()
if (action === 'apply') {
  await applyPlan(world, root, { command: 'init', changes: sampleChanges })
  say(done)
}
if (action === 'recover') say(await recover(world, root, filesOnly))
