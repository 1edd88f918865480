import type { HardenCase } from '../controls/control.ts'
import { type Judgement, judge } from '../controls/judge.ts'
import { controls } from '../controls/registry.ts'
import { overriddenNames } from '../install/env-file/order.ts'
import { askCompose } from '../live/ask-compose.ts'
import type { Plan } from '../plan/make-plan.ts'
import { whatEnds } from '../plan/what-ends.ts'
import { releaseOf } from '../release/release-of.ts'
import { type StockName, stockFiles } from '../release/stock-files.ts'
import type { Masker } from '../secrets/masker.ts'
import { learnSecrets } from '../stack/learn.ts'
import type { LookOptions } from '../surroundings/look.ts'
import { stockUrl } from '../surroundings/stock-files.ts'
import type { World } from '../world/world.ts'
import type { Gathered } from './gather.ts'
import { changesTheStack, type Liveness, livenessOf, planIsLive } from './liveness.ts'
import { type InitPlan, type PlanWishes, planInit } from './plan-init.ts'

/** A plan, with what it would change for the better and the worse. */
export interface PreparedInit {
  readonly case: HardenCase
  readonly plan: Plan
  /** What was wrong before, and what is left after. */
  readonly before: Judgement
  readonly after: Judgement
  readonly ends: readonly string[]
  readonly notices: readonly string[]
  /** The running stack follows in the same run. */
  readonly live: boolean
  /** Stock files that could not be had, and where they are. */
  readonly stillMissing: readonly { readonly name: StockName; readonly url: string }[]
}

/** Decides what would be written, and lets Compose judge it; changes nothing. */
export async function prepareInit(
  world: World,
  masker: Masker,
  options: LookOptions,
  gathered: Gathered,
  wishes: PlanWishes = {},
): Promise<PreparedInit> {
  learnSecrets(masker, gathered)
  const { plan, case: hardenCase, live } = await planLive(world, masker, gathered, wishes)
  await askCompose(world, masker, gathered.read.install, plan.after)
  return {
    case: hardenCase,
    plan,
    before: judge(controls, { ...hardenCase, answers: undefined }),
    after: judge(controls, { ...hardenCase, install: plan.after }),
    ends: whatEnds(hardenCase, plan.after),
    notices: [
      ...statedInVain(options, gathered),
      ...notices(gathered, plan),
      ...assumedPrivileges(hardenCase),
      ...(live.kind === 'impossible' ? [notLive(live.why)] : []),
    ],
    live: live.kind === 'possible',
    stillMissing: gathered.stillMissing.map((name) => ({
      name,
      url: stockUrl(gathered.release.tag, name, options.upstream),
    })),
  }
}

/** The plan, with the running stack in it where that can follow. */
async function planLive(
  world: World,
  masker: Masker,
  gathered: Gathered,
  wishes: PlanWishes,
): Promise<InitPlan & { readonly live: Liveness }> {
  const live: Liveness =
    wishes.live === false ? { kind: 'nothing-runs' } : await livenessOf(world, gathered)
  const planned = await planInit(world, masker, gathered, {
    ...wishes,
    live: live.kind === 'possible',
  })
  if (live.kind !== 'possible') return { ...planned, live }
  if (!changesTheStack(planned.plan)) return { ...planned, live: { kind: 'nothing-runs' } }
  const agrees = await planIsLive(world, masker, gathered, planned.plan)
  if (agrees.kind === 'possible') return { ...planned, live }
  const { privileges } = planned.case.facts
  const filesAlone = { ...wishes, live: false, privileges }
  return { ...(await planInit(world, masker, gathered, filesAlone)), live: agrees }
}

function notLive(why: string): string {
  return `The running stack is left as it is, and default passwords in its volumes with it: ${why}.`
}

/** The image says which release runs: another statement changes nothing. */
function statedInVain({ tracecatVersion }: LookOptions, { release }: Gathered): readonly string[] {
  if (tracecatVersion === undefined || releaseOf(tracecatVersion).tag === release.tag) return []
  return [
    `--tracecat-version ${tracecatVersion} has no effect: the images are ${release.tag}. To change the release, set TRACECAT__IMAGE_TAG.`,
  ]
}

function notices(gathered: Gathered, plan: Plan): readonly string[] {
  const { release, facts, read, answers } = gathered
  const lines: string[] = []
  if (gathered.rebuiltFrom !== undefined)
    lines.push(
      `There is no ${read.install.envPath}: it is rebuilt from ${gathered.rebuiltFrom}. Look at it before you start the stack.`,
    )
  if (release.newerThanKnown)
    lines.push(
      `Tracecat ${release.tag} is newer than this program knows: it is treated as the newest known release.`,
    )
  const unchecked = stockFiles(release.tag) === undefined ? [...gathered.added.keys()] : []
  if (unchecked.length > 0)
    lines.push(
      `No checksum of Tracecat ${release.tag} is known: ${unchecked.join(', ')} ${unchecked.length === 1 ? 'was' : 'were'} compared with nothing. Look at what came.`,
    )
  if (!facts.fresh && facts.data.state === 'unknown' && gathered.said === undefined) {
    lines.push(
      `Whether this stack was ever started is unknown (${facts.data.why}): what its servers may hold is left as it is. If it was never started: --fresh.`,
    )
  }
  if (plan.after.env !== undefined) {
    for (const { name, where } of overriddenNames(plan.after.env, read.shell)) {
      lines.push(
        `${name} is set in this shell and beats ${where.file}:${where.line ?? ''} for Compose started from here: unset ${name}.`,
      )
    }
  }
  if (answers.privateNetworks.length > 0 && !release.abilities.egressFilter) {
    lines.push(
      `privateNetworks has no effect on Tracecat ${release.tag}: its sandbox does not filter.`,
    )
  }
  for (const { text, why } of plan.leftOut)
    lines.push(`Not taken over from your Caddyfile: ${firstLine(text)} (${why})`)
  return lines
}

/** Before the yes: nobody chose it, and no jail proved that less is not enough. */
function assumedPrivileges({ facts: { privileges } }: HardenCase): readonly string[] {
  if (privileges?.how !== 'assumed' && privileges?.how !== 'failed') return []
  const what = `The executor becomes privileged, since ${privileges.why}. A way out of its sandbox is then root on this host.`
  return [
    privileges.how === 'assumed'
      ? `${what} Run init again once Docker and Tracecat's images are here: it tries what less is enough.`
      : `${what} Its sandbox will hardly start either: every action would fail. Mend what is named, and run init again, which tries anew.`,
  ]
}

function firstLine(text: string): string {
  return text.trim().split('\n')[0]?.trim() ?? ''
}
