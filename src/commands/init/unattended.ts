import { exitCodes } from '../../failure.ts'
import { gather } from '../../hardening/gather.ts'
import { initJson } from '../../report/init/json.ts'
import type { Masked } from '../../secrets/masked.ts'
import type { Masker } from '../../secrets/masker.ts'
import { installDirectory } from '../../surroundings/install-directory.ts'
import type { World } from '../../world/world.ts'
import { endInterrupted, sayUnwell } from '../resume.ts'
import { applyInit } from './apply.ts'
import type { InitOptions } from './options.ts'
import { reportInit } from './report.ts'

/** `init` without a person: looks, plans, shows, and writes; returns the exit code. */
export async function initUnattended(
  world: World,
  masker: Masker,
  options: InitOptions,
): Promise<number> {
  if (!options.dryRun)
    await endInterrupted(world, masker, await installDirectory(world, options.directory))
  const prepared = await reportInit(world, masker, options, await gather(world, options))
  if (!options.json) for (const line of prepared.text.plan(options.dryRun)) world.terminal.out(line)
  if (options.dryRun) {
    if (options.json) world.terminal.out(initJson(prepared.report, masker, undefined))
    return exitCodes.done
  }
  const print = (line: Masked) =>
    options.json ? world.terminal.err(line) : world.terminal.out(line)
  if (prepared.report.live) print(masker.mask(''))
  const { applied, live, unwell } = await applyInit(
    world,
    masker,
    await installDirectory(world, options.directory),
    prepared.report,
    print,
  )
  if (options.json) world.terminal.out(initJson(prepared.report, masker, applied, live))
  else for (const line of prepared.text.done(applied)) world.terminal.out(line)
  return sayUnwell(world, masker, unwell)
}
