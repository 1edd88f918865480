import type { Container } from '../controls/facts.ts'
import { Failure } from '../failure.ts'
import { waitUntilWell } from '../live/wait.ts'
import { withSafeLog } from '../report/safe-log.ts'
import type { SeenStack } from '../stack/see-stack.ts'
import { towardsRunning } from '../stack/server.ts'
import { canceled } from '../wizard/prompter.ts'
import type { Run } from './run.ts'

/**
 * A server that does not run cannot change a password: it is started, alone, where somebody says so.
 * @throws Failure('surroundings') where nobody does
 */
export async function startNeeded(
  { world, masker, prompter }: Run,
  { stack }: Pick<SeenStack, 'stack'>,
  needed: readonly string[],
): Promise<void> {
  if (stack === undefined || needed.length === 0) return
  const containers = await stack.containers()
  const inState = (state: Container['state']) =>
    needed.filter((service) =>
      containers.some((one) => one.service === service && one.state === state),
    )
  const [paused, restarting] = [inState('paused'), inState('restarting')]
  if (prompter === undefined || paused.length > 0) {
    const ended = needed.filter(
      (service) => !paused.includes(service) && !restarting.includes(service),
    )
    const kinds = [
      ['paused', paused],
      ['restarting', restarting],
      ['exited', ended],
    ] as const
    throw new Failure(
      'surroundings',
      `These do not run, and have to for this: ${needed.join(', ')}.`,
      {
        remedy: [
          ...kinds.flatMap(([state, services]) =>
            services.length === 0 ? [] : [towardsRunning(stack, services, state)],
          ),
          'Then run again. Nothing was changed.',
        ].join('\n'),
      },
    )
  }
  prompter.say(`These do not run, and have to for this: ${needed.join(', ')}.`)
  if (!(await prompter.yesNo({ message: 'Start just these?', default: false }))) throw canceled()
  await stack.up(needed, 'start')
  await waitUntilWell(world, stack, needed).catch((error: unknown) => {
    throw error instanceof Failure ? withSafeLog(error, masker) : error
  })
}
