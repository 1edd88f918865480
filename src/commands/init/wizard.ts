import { completeAnswers } from '../../answers/complete.ts'
import type { PartialAnswers } from '../../answers/schema.ts'
import { pendingJournal } from '../../apply/recover.ts'
import { attempt, exitCodes, Failure } from '../../failure.ts'
import { keptEncryption, statedRelease } from '../../hardening/gather.ts'
import { type PlanWishes, refuseLostEnv } from '../../hardening/plan-init.ts'
import { learnSecrets } from '../../stack/learn.ts'
import { look, releaseInEnv, type Surroundings } from '../../surroundings/look.ts'
import { readAnswers } from '../../surroundings/read-answers.ts'
import { missingStockFiles } from '../../surroundings/read-install.ts'
import { askRelease, askStarted } from '../../wizard/before-questions.ts'
import { type Draft, type WizardContext, withAnswers } from '../../wizard/draft.ts'
import { canceled, type Prompter } from '../../wizard/prompter.ts'
import { askQuestions, type Premise, review } from '../../wizard/review.ts'
import { askSecondRun } from '../../wizard/second-run.ts'
import { showPlan } from '../../wizard/show-plan.ts'
import { suggestFrom } from '../../wizard/suggest.ts'
import { load } from '../../world/loading.ts'
import { endInterrupted, sayUnwell } from '../resume.ts'
import { applyInit } from './apply.ts'
import { type ReportedInit, reportInit } from './report.ts'
import type { Run } from './run.ts'
import { wizardContext } from './wizard-context.ts'

/** The wizard from the second question on. @param domain the answer to the first, if it was asked */
export async function runWizard(run: Run, domain: string | undefined): Promise<number> {
  await offerRecovery(run)
  const { given } = await readAnswers(run.world, run.directory, run.options)
  const { around, stated } = await lookAround(run, given)
  learnSecrets(run.masker, around)
  const known = withAnswers(
    { given: { ...keptEncryption(around), ...given }, clientSecret: undefined },
    {
      ...(domain === undefined ? {} : { domain }),
      ...(stated === undefined ? {} : { tracecatVersion: stated }),
      ...statedRelease(run.options, around),
    },
  )
  if (run.options.answers === undefined && isComplete(known, around))
    return await secondRun(run, around, known)
  const seen = await seenState(run, around)
  const context = await wizardContext(run, seen)
  const proposed = { ...known, given: { ...suggestFrom(seen.read.install.values), ...known.given } }
  const answered = await askQuestions(proposed, context, domain === undefined ? [] : ['domain'])
  return await reviewAndApply(run, seen, context, answered)
}

/** A run that stopped midway is ended first; that writes, so it is asked. */
async function offerRecovery({ world, masker, prompter, directory, options }: Run): Promise<void> {
  if (options.dryRun) return
  const pending = await pendingJournal(world, directory)
  if (pending === undefined) return
  if (pending !== 'damaged') {
    prompter.say(
      `An earlier ${pending.command} stopped midway. Before anything else its changes have to be ${pending.next === 'finish' ? 'finished' : 'taken back'}:`,
      ...pending.files.map((file) => `  ${file}`),
    )
    if (!(await prompter.yesNo({ message: 'Do that now?', default: true }))) throw canceled()
  }
  await endInterrupted(world, masker, directory)
}

async function lookAround(
  { world, options, prompter, directory }: Run,
  given: PartialAnswers,
): Promise<{ readonly around: Surroundings; readonly stated: string | undefined }> {
  const named =
    options.tracecatVersion ?? given.tracecatVersion ?? (await releaseInEnv(world, directory))
  const absent = named === undefined && (await missingStockFiles(world, directory)).length > 0
  const stated = absent ? await askRelease(prompter) : undefined
  const around = await prompter.wait(
    'Looking at the folder, Docker and this host (up to a minute)',
    () => look(world, directory, options, stated ?? given.tracecatVersion),
  )
  return { around, stated }
}

/**
 * Asks whether it ever ran, where only a person can say.
 * @throws Failure('surroundings') where `.env` is lost and it ran: better before the questions than after
 */
async function seenState(run: Run, around: Surroundings): Promise<Surroundings> {
  const asks = !around.facts.fresh && canBeStated(run, around)
  const seen = asks ? await stateStarted(run, around) : around
  refuseLostEnv(seen)
  return seen
}

/** Proof, and `--fresh`, beat a person's word. */
function canBeStated({ options }: Run, { read, facts: { data } }: Surroundings): boolean {
  const certain = data.state === 'exists' && data.certain
  const proved = data.state === 'none' && read.install.env === undefined
  return !options.fresh && !certain && !proved
}

async function stateStarted(run: Run, around: Surroundings): Promise<Surroundings> {
  const started = await askStarted(run.prompter, around.facts.data)
  const said = started ? 'started' : 'never started'
  return { ...around, said, facts: { ...around.facts, fresh: !started } }
}

/** What was settled before the questions, for the review. */
function premisesOf(run: Run, around: Surroundings): readonly Premise[] {
  const release = { id: 'release', title: 'Tracecat release', value: around.release.tag }
  const started = {
    id: 'started',
    title: 'Ever started',
    value: around.facts.fresh
      ? 'no'
      : around.said === 'started'
        ? 'yes'
        : 'not known: taken as yes',
  }
  const isNew = around.added.size > 0 || around.stillMissing.length > 0
  return [
    ...(isNew && run.options.tracecatVersion === undefined ? [release] : []),
    ...(canBeStated(run, around) ? [started] : []),
  ]
}

function isComplete({ given }: Draft, { release }: Surroundings): boolean {
  return (
    attempt(
      () => completeAnswers(given, { release }),
      () => undefined,
    ) !== undefined
  )
}

/** Old answers: what drifted comes first, then what to do. */
async function secondRun(run: Run, around: Surroundings, draft: Draft): Promise<number> {
  const prepared = await tryToPrepare(run, around, draft)
  const chosen =
    prepared === undefined ? 'change' : await askSecondRun(run.prompter, prepared.report.plan)
  if (chosen === 'nothing') {
    run.prompter.say('Nothing was changed.')
    return exitCodes.done
  }
  if (chosen === 'change' || prepared === undefined) {
    return await reviewAndApply(run, around, await wizardContext(run, around), draft)
  }
  if (chosen === 'rotate') return await rotateInstead(run)
  const wanted =
    chosen === 'fix' ? await tryToPrepare(run, around, draft, { overwriteDrift: true }) : prepared
  if (wanted !== undefined) return await confirmAndApply(run, wanted)
  return await reviewAndApply(run, around, await wizardContext(run, around), draft)
}

async function rotateInstead({ world, masker, options, prompter }: Run): Promise<number> {
  const { rotate } = await load(() => import('../rotate.ts'))
  const { directory, dryRun, verbose } = options
  const asked = { names: [], all: false, yes: false, acceptBreakage: false, json: false }
  return await rotate(world, masker, { ...asked, directory, dryRun, verbose }, prompter)
}

async function reviewAndApply(
  run: Run,
  around: Surroundings,
  context: WizardContext,
  draft: Draft,
): Promise<number> {
  let now = draft
  let seen = around
  let asking = context
  while (true) {
    const reviewed = await review(now, asking, premisesOf(run, seen))
    now = reviewed.draft
    if (reviewed.change === undefined) {
      const prepared = await tryToPrepare(run, seen, now, { clientSecret: now.clientSecret })
      if (prepared !== undefined) return await confirmAndApply(run, prepared)
      continue
    }
    if (reviewed.change.id === 'started') seen = await stateStarted(run, seen)
    else {
      const tracecatVersion = await askRelease(run.prompter)
      now = withAnswers(now, { tracecatVersion })
      seen = (await lookAround(run, now.given)).around
    }
    asking = await wizardContext(run, seen)
  }
}

interface Preparation extends ReportedInit {
  /** The same for the files alone, whatever runs. */
  readonly filesAlone: () => Promise<Preparation>
}

/** The plan; undefined, with the reason said, where an answer has to be changed first. */
async function tryToPrepare(
  { world, masker, options, prompter }: Run,
  around: Surroundings,
  { given }: Draft,
  wishes: PlanWishes = {},
): Promise<Preparation | undefined> {
  try {
    const answers = completeAnswers(given, { release: around.release })
    const prepare = (live?: false) =>
      prompter.wait('Working out what changes; a sandbox may be tried (up to two minutes)', () =>
        reportInit(
          world,
          masker,
          options,
          { ...around, given, answers },
          live === undefined ? wishes : { ...wishes, live },
        ),
      )
    const filesAlone = async (): Promise<Preparation> => ({ ...(await prepare(false)), filesAlone })
    return { ...(await prepare()), filesAlone }
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'badInput') throw error
    prompter.say(error.message, ...(error.remedy === undefined ? [] : [error.remedy]))
    return undefined
  }
}

async function confirmAndApply(run: Run, prepared: Preparation): Promise<number> {
  const { world, masker, options, prompter, directory } = run
  const { report, text, filesAlone } = prepared
  await showPlan(world, prompter, { whole: text.plan(true), short: text.summary() })
  if (options.dryRun) {
    prompter.say('Nothing was written: this was a dry run.')
    return exitCodes.done
  }
  const { files } = report.plan
  if (files.length > 0) {
    const agreed = await agree(prompter, report.live)
    if (agreed === 'nothing') throw canceled()
    if (agreed === 'files') return await confirmAndApply(run, await filesAlone())
  }
  const { applied, unwell } = await applyInit(world, masker, directory, report, (line) =>
    world.terminal.out(line),
  )
  for (const line of text.done(applied)) world.terminal.out(line)
  return sayUnwell(world, masker, unwell)
}

/** No is the default: Enter pressed once too often, to leave a pager, must not write. */
async function agree(prompter: Prompter, live: boolean): Promise<'all' | 'files' | 'nothing'> {
  if (!live) {
    prompter.say('What is there now is backed up first. Nothing is started or stopped.')
    return (await prompter.yesNo({ message: 'Write this?', default: false })) ? 'all' : 'nothing'
  }
  prompter.say('What is there now is backed up first. The stack runs, and can follow at once.')
  return await prompter.choose<'all' | 'files' | 'nothing'>({
    message: 'Write this?',
    choices: [
      { value: 'nothing', name: 'no' },
      {
        value: 'all',
        name: 'yes, and bring it into the running stack now',
        hint: 'Default passwords are replaced in servers and files; services are recreated.',
      },
      {
        value: 'files',
        name: 'yes, but only the files',
        hint: 'Passwords that volumes hold stay; the plan without them is shown first.',
      },
    ],
    default: 'nothing',
  })
}
