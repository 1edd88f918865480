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

/** Shows all answers, and lets each be changed until everything is right. */
export async function review(draft: Draft, context: WizardContext): Promise<Draft> {
  let now = draft
  while (true) {
    showAnswers(now, context)
    const chosen = await choose('Is everything right?', now, context, 'ask')
    if (chosen === 'right') return now
    const question = chosen === 'more' ? await choose('More:', now, context, 'more') : chosen
    if (question !== 'right' && question !== 'more') now = await change(question, now, context)
  }
}

function showAnswers(draft: Draft, context: WizardContext): void {
  const shown = questions.filter((question) => question.when(draft, context) !== 'no')
  const width = Math.max(...shown.map(({ title }) => title.length)) + 4
  const lines = shown.flatMap((question) => {
    const line = `  ${`${question.title}:`.padEnd(width - 2)}${question.show(draft, context)}`
    return wrap(line, context.world.terminal.columns, width)
  })
  context.prompter.say('Your answers:', ...lines)
}

async function choose(
  message: string,
  draft: Draft,
  context: WizardContext,
  kind: 'ask' | 'more',
): Promise<Question | 'right' | 'more'> {
  const listed = questions.filter((question) => question.when(draft, context) === kind)
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
