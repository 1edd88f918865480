#!/usr/bin/env node
import { systemFailure } from './apply/trouble.ts'
import { readArguments } from './commands/arguments.ts'
import { exitCodes, Failure, faultOf } from './failure.ts'
import { describeFailure } from './report/failure-text.ts'
import { Masked } from './secrets/masked.ts'
import { Masker } from './secrets/masker.ts'
import { realWorld } from './world/real.ts'

async function main(args: readonly string[]): Promise<number> {
  const masker = new Masker()
  let world = realWorld(masker)
  try {
    const request = readArguments(args)
    if (request.kind === 'text') {
      world.terminal.out(Masked.trusted(request.text))
      return exitCodes.done
    }
    if (request.noColor) world = realWorld(masker, { noColor: true })
    switch (request.kind) {
      case 'init': {
        const { init } = await import('./commands/init.ts')
        return await init(world, masker, request.options)
      }
      case 'rotate': {
        const { rotate } = await import('./commands/rotate.ts')
        return await rotate(world, masker, request.options)
      }
      case 'restore': {
        const { restore } = await import('./commands/restore.ts')
        return await restore(world, masker, request.options)
      }
      case 'audit': {
        const { audit } = await import('./commands/audit.ts')
        return await audit(world, request.options)
      }
      case 'explain': {
        const { explain } = await import('./commands/explain.ts')
        return explain(world, request)
      }
    }
  } catch (error) {
    const failure =
      error instanceof Failure ? error : (systemFailure(error, 'surroundings') ?? faultOf(error))
    const lines = describeFailure(failure, world.terminal.columns, masker)
    world.terminal.err(masker.mask(lines.join('\n')))
    return failure.exitCode
  }
}

const code = await main(process.argv.slice(2))
// Output that was lost may have set it already.
process.exitCode ||= code
// After Ctrl-C a look-up may still be under way: nobody waits for its end.
if (code === exitCodes.canceled) process.exit()
