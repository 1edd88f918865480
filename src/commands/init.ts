import { applyPlan } from '../apply/engine.ts'
import { recover } from '../apply/recover.ts'
import type { FileChange } from '../apply/step.ts'
import { controls } from '../controls/registry.ts'
import { judge } from '../controls/judge.ts'
import { stockUrl } from '../facts/stock-files.ts'
import { exitCodes } from '../failure.ts'
import { overriddenNames } from '../install/env-file/order.ts'
import type { Plan, PlannedFile } from '../plan/make-plan.ts'
import { initJson } from '../report/init-json.ts'
import { initText } from '../report/init-text.ts'
import { nextSteps } from '../report/next-steps.ts'
import { whatEnds } from '../report/ends.ts'
import type { Masker } from '../secrets/masker.ts'
import { isSecretName } from '../secrets/names.ts'
import { isWellKnown } from '../secrets/well-known.ts'
import type { World } from '../world/world.ts'
import { askCompose } from './ask-compose.ts'
import { gather } from './gather.ts'
import type { InitOptions } from './init-options.ts'
import { planInit } from './plan-init.ts'

/** Hardens one install. Looks, plans, shows, and only then writes; returns the exit code. */
export async function init(world: World, masker: Masker, options: InitOptions): Promise<number> {
  const say = (text: string) => world.terminal.err(masker.mask(text))
  if (!options.dryRun) {
    const recovered = await recover(world, options.directory)
    if (recovered !== 'nothing') {
      say(`An earlier ${recovered.command} was interrupted: its changes were ${recovered.outcome === 'finished' ? 'finished' : 'taken back'}.`)
    }
  }
  const gathered = await gather(world, options)
  for (const [name, value] of gathered.read.install.values) {
    if (isSecretName(name) && !isWellKnown(value)) masker.learn(value)
  }
  for (const { value } of gathered.recovered.values()) masker.learn(value)
  const { plan, case: hardenCase } = await planInit(world, masker, gathered)
  const before = judge(controls, { ...hardenCase, answers: undefined })
  const after = judge(controls, { ...hardenCase, install: plan.after })
  const report = {
    case: hardenCase,
    plan,
    before,
    after,
    ends: whatEnds(hardenCase, plan.after),
    notices: notices(gathered, plan),
    next: nextSteps({
      case: hardenCase,
      after: plan.after,
      stillMissing: gathered.stillMissing.map((name) => ({ name, url: stockUrl(gathered.release.tag, name, options.upstream) })),
    }),
  }
  const printer = { masker, columns: world.terminal.columns, colour: world.terminal.colour, verbose: options.verbose }
  await askCompose(world, masker, plan.after)
  const text = initText(report, printer)
  if (!options.json) for (const line of text.plan(options.dryRun)) world.terminal.out(line)
  if (options.dryRun) {
    if (options.json) world.terminal.out(initJson(report, masker, undefined))
    return exitCodes.done
  }
  const applied = await applyPlan(world, options.directory, { command: 'init', changes: plan.files.map(change) })
  if (options.json) world.terminal.out(initJson(report, masker, applied))
  else for (const line of text.done(applied)) world.terminal.out(line)
  return exitCodes.done
}

function change(file: PlannedFile): FileChange {
  return {
    path: file.path,
    before: file.before?.hash ?? 'absent',
    after: file.after === undefined ? undefined : new TextEncoder().encode(file.after),
    mode: file.mode,
  }
}

function notices(gathered: Awaited<ReturnType<typeof gather>>, plan: Plan): readonly string[] {
  const { release, facts, read, answers } = gathered
  const lines: string[] = []
  if (gathered.rebuiltFrom !== undefined) lines.push(`There is no ${read.install.envPath}: it is rebuilt from ${gathered.rebuiltFrom}. Look at it before you start the stack.`)
  if (release.newerThanKnown) lines.push(`Tracecat ${release.tag} is newer than this program knows: it is treated as the newest known release.`)
  if (!facts.fresh && facts.data.state === 'unknown') {
    lines.push(`Whether this stack was ever started is unknown (${facts.data.why}): what its servers may hold is left as it is. If it was never started: --fresh.`)
  }
  if (plan.after.env !== undefined) {
    for (const { name, where } of overriddenNames(plan.after.env, read.shell)) {
      lines.push(`${name} is set in this shell and beats ${where.file}:${where.line ?? ''} for Compose started from here: unset ${name}.`)
    }
  }
  if (answers.privateNetworks.length > 0 && !release.abilities.egressFilter) {
    lines.push(`privateNetworks has no effect on Tracecat ${release.tag}: its sandbox does not filter.`)
  }
  for (const { text, why } of plan.leftOut) lines.push(`Not taken over from your Caddyfile: ${firstLine(text)} (${why})`)
  return lines
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.trim() ?? ''
}

