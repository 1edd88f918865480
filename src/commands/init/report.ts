import type { Gathered } from '../../hardening/gather.ts'
import type { PlanWishes } from '../../hardening/plan-init.ts'
import { prepareInit } from '../../hardening/prepare.ts'
import { nextSteps } from '../../report/init/next-steps.ts'
import type { InitReport } from '../../report/init/report.ts'
import { initText } from '../../report/init/text.ts'
import type { Masker } from '../../secrets/masker.ts'
import type { World } from '../../world/world.ts'
import type { InitOptions } from './options.ts'

/** A plan with everything there is to say about it. */
export interface ReportedInit {
  readonly report: InitReport
  readonly text: ReturnType<typeof initText>
}

/** Plans, and puts it into words; changes nothing. */
export async function reportInit(
  world: World,
  masker: Masker,
  options: InitOptions,
  gathered: Gathered,
  wishes: PlanWishes = {},
): Promise<ReportedInit> {
  const prepared = await prepareInit(world, masker, options, gathered, wishes)
  const { plan, after, stillMissing, live } = prepared
  const next = nextSteps({
    ...{ case: prepared.case, after: plan.after, findings: after.findings },
    ...{ stillMissing, live },
  })
  const report = { ...prepared, next }
  const { columns, color } = world.terminal
  return { report, text: initText(report, { masker, columns, color, verbose: options.verbose }) }
}
