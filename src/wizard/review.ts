import { wrap } from '../report/wrap.ts'
import type { Draft, Question, WizardContext } from './draft.ts'
import type { Choice } from './prompter.ts'
import { questions } from './questions/all.ts'

/** Asks what is on the default path, but for questions that were answered already. */
export async function askQuestions(
  draft: Draft,
  context: WizardContext,
  answered: readonly string[],
): Promise<Draft> {
  let now = draft
  for (const question of questions) {
    if (answered.includes(question.id) || question.when(now, context) !== 'ask') continue
    now = await question.ask(now, context)
  }
  return now
}

/** Something that was answered before the questions, and on which looking around depends. */
export interface Premise {
  readonly id: string
  readonly title: string
  readonly value: string
}

export interface Reviewed {
  readonly draft: Draft
  /** The premise that is to be changed; undefined where everything is right. */
  readonly change: Premise | undefined
}

/** Shows all answers, and lets each be changed until everything is right. */
export async function review(
  draft: Draft,
  context: WizardContext,
  premises: readonly Premise[],
): Promise<Reviewed> {
  let now = draft
  while (true) {
    showAnswers(now, context, premises)
    const chosen = await choose('Is everything right?', now, context, 'ask', premises)
    if (chosen === 'right') return { draft: now, change: undefined }
    if (chosen === 'more') showLines('More settings:', ofKind('more', now, context), context)
    const question = chosen === 'more' ? await choose('More:', now, context, 'more', []) : chosen
    if (question === 'right' || question === 'more') continue
    if (!('ask' in question)) return { draft: now, change: question }
    now = await change(question, now, context)
  }
}

interface Shown {
  readonly title: string
  readonly value: string
}

/** Of the settings that most leave alone, those that differ: all of them would not fit on one screen. */
function showAnswers(draft: Draft, context: WizardContext, premises: readonly Premise[]): void {
  const untouched = ofKind('more', { given: {}, clientSecret: undefined }, context, draft)
  const settings = ofKind('more', draft, context)
  const changed = settings.filter(({ value }, index) => value !== untouched[index]?.value)
  const rest = {
    title: 'More settings',
    value: changed.length === 0 ? 'none changed' : 'the others unchanged',
  }
  const others = changed.length < settings.length ? [rest] : []
  const all = [...ofKind('ask', draft, context), ...changed, ...premises, ...others]
  showLines('Your answers:', all, context)
}

/** @param asked decides which questions mean something, where that is not the draft that is shown */
function ofKind(
  kind: 'ask' | 'more',
  draft: Draft,
  context: WizardContext,
  asked = draft,
): readonly Shown[] {
  return questions
    .filter((question) => question.when(asked, context) === kind)
    .map((question) => ({ title: question.title, value: question.show(draft, context) }))
}

function showLines(title: string, shown: readonly Shown[], { prompter, world }: WizardContext) {
  const width = Math.max(...shown.map((one) => one.title.length)) + 4
  const lines = shown.flatMap((one) =>
    wrap(`  ${`${one.title}:`.padEnd(width - 2)}${one.value}`, world.terminal.columns, width),
  )
  prompter.say(title, ...lines)
}

async function choose(
  message: string,
  draft: Draft,
  context: WizardContext,
  kind: 'ask' | 'more',
  premises: readonly Premise[],
): Promise<Question | Premise | 'right' | 'more'> {
  const asked = questions.filter((question) => question.when(draft, context) === kind)
  const listed: readonly (Question | Premise)[] = [...asked, ...premises]
  const first: Choice<string> = {
    value: 'right',
    name: kind === 'ask' ? 'yes, show what will change' : 'back',
  }
  const chosen = await context.prompter.choose<string>({
    message,
    choices: [
      first,
      ...listed.map(({ id, title }) => ({ value: id, name: `change: ${title}` })),
      ...(kind === 'ask' ? [{ value: 'more', name: 'more settings' }] : []),
    ],
    default: 'right',
  })
  if (chosen === 'right' || chosen === 'more') return chosen
  return listed.find(({ id }) => id === chosen) ?? 'right'
}

/** Asks one question again, and what depends on it. */
async function change(question: Question, draft: Draft, context: WizardContext): Promise<Draft> {
  let now = await question.ask(draft, context)
  const again = new Set(question.dependents)
  for (const other of questions) {
    if (!again.has(other.id) || other.when(now, context) !== 'ask') continue
    now = await other.ask(now, context)
    for (const id of other.dependents ?? []) again.add(id)
  }
  return now
}
