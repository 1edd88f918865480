import { Masked } from '../secrets/masked.ts'
import type { World } from '../world/world.ts'
import { canceled, type Prompter } from './prompter.ts'

export interface ShownPlan {
  /** With the whole diff. */
  readonly whole: readonly Masked[]
  readonly short: readonly Masked[]
}

/** Shows the plan, page by page where it is longer than the screen. */
export async function showPlan(world: World, prompter: Prompter, plan: ShownPlan): Promise<void> {
  const { terminal } = world
  const text = Masked.lines(plan.whole)
  const lines = text.split()
  // On the screen until the pager has started; and there still, if it leaves the screen alone.
  if (lines.length >= terminal.rows)
    prompter.say('The plan is longer than the screen. In a pager Space goes on and q leaves it.')
  const held = world.interrupts.hold('note')
  const how = await terminal.page(text).finally(() => held.release())
  if (held.requested()) throw canceled()
  if (how === 'paged') {
    // What a pager showed is gone from the screen when the question comes.
    for (const line of plan.short) terminal.out(line)
    return
  }
  if (how === 'fits') {
    for (const line of plan.whole) terminal.out(line)
    return
  }
  if (await inPages(world, prompter, lines)) return
  for (const line of plan.short) terminal.out(line)
}

/** @returns false where somebody has seen enough before the end */
async function inPages(
  world: World,
  prompter: Prompter,
  lines: readonly Masked[],
): Promise<boolean> {
  const size = Math.max(world.terminal.rows - 3, 5)
  for (let start = 0; start < lines.length; start += size) {
    for (const line of lines.slice(start, start + size)) world.terminal.out(line)
    if (start + size >= lines.length) break
    const left = lines.length - start - size
    if (!(await prompter.yesNo({ message: `Show more? (${left} lines)`, default: true })))
      return false
  }
  return true
}
