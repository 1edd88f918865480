import { closest } from '../../answers/closest.ts'
import { Failure } from '../../failure.ts'
import { ageOf, secretTable } from '../../report/rotate/secret-table.ts'
import { type SecretRow, secretRows } from '../../rotation/choice.ts'
import { neverRotated } from '../../rotation/renew.ts'
import { catalogue, type SecretId, secretIds } from '../../secrets/catalogue.ts'
import type { SeenStack } from '../../stack/see-stack.ts'
import { canceled } from '../../wizard/prompter.ts'
import type { RotateOptions, RotateRun } from './options.ts'

/**
 * What can be said of the arguments alone, before the install or Docker is looked at.
 * @throws Failure('badInput') for a name that is none or whose secret never changes, and for names beside --all
 */
export function checkNames({ all, names }: RotateOptions): void {
  if (all && names.length > 0) {
    throw new Failure('badInput', 'Either secrets are named, or --all: not both.')
  }
  for (const id of namedIds(names)) {
    if (catalogue[id].change === 'never') throw cannotRotate('badInput', id, neverRotated)
  }
}

/**
 * The secrets to rotate, in the order in which that is done.
 * @throws Failure('badInput') where nothing is named and nobody can be asked; Failure('surroundings') for
 *   one that this install does not have in its hands
 */
export async function chooseSecretIds(
  run: RotateRun,
  { case: c, history }: SeenStack,
): Promise<readonly SecretId[]> {
  const { options, world, masker } = run
  const rows = secretRows(c, history)
  const named = options.all ? everyHarmless(rows) : namedIds(options.names)
  const chosen = named.length > 0 ? named : await ask(run, rows)
  for (const id of chosen) {
    const why = rows.find((row) => row.id === id)?.refused
    if (why !== undefined) throw cannotRotate('surroundings', id, why)
  }
  if (options.all) {
    const left = rows.filter((row) => !chosen.includes(row.id))
    for (const { id, refused } of left) {
      const why = refused ?? 'it breaks addresses outside; name it to rotate it'
      world.terminal.err(masker.mask(`Left out: ${id} (${why})`))
    }
  }
  await acceptBreakage(
    run,
    rows.filter(({ id }) => chosen.includes(id)),
  )
  return secretIds.filter((id) => chosen.includes(id))
}

function cannotRotate(kind: 'badInput' | 'surroundings', id: SecretId, why: string): Failure {
  return new Failure(kind, `${id} cannot be rotated: ${why}`, { remedy: 'Nothing was changed.' })
}

function everyHarmless(rows: readonly SecretRow[]): readonly SecretId[] {
  const ids = rows.filter((row) => row.refused === undefined && !row.outside).map(({ id }) => id)
  if (ids.length > 0) return ids
  throw new Failure('surroundings', 'There is no secret here that rotate could change.')
}

function namedIds(names: readonly string[]): readonly SecretId[] {
  return names.map((name) => {
    const id = secretIds.find((one) => one === name)
    if (id !== undefined) return id
    const meant = closest(name, secretIds)
    throw new Failure('badInput', `There is no secret '${name}'.`, {
      remedy: `${meant === undefined ? '' : `Did you mean ${meant}? `}They are: ${secretIds.join(', ')}.`,
    })
  })
}

async function ask(run: RotateRun, rows: readonly SecretRow[]): Promise<readonly SecretId[]> {
  const { world, masker, prompter, options } = run
  const now = world.now()
  if (prompter === undefined) {
    for (const line of secretTable(rows, now, world.terminal.columns)) {
      if (options.json) world.terminal.err(masker.mask(line))
      else world.terminal.out(masker.mask(line))
    }
    throw new Failure('badInput', 'Which secrets? None is named.', {
      remedy:
        'tracecat-harden rotate <name>..., or --all for every one that breaks no outside URL.',
    })
  }
  const possible = rows.filter(({ refused }) => refused === undefined)
  const impossible = rows.filter(({ refused }) => refused !== undefined)
  if (impossible.length > 0) {
    prompter.say(
      'Not to be rotated here:',
      ...impossible.map(({ id, refused }) => `  ${id}: ${refused}`),
    )
  }
  const chosen = await prompter.chooseSome<SecretId>({
    message: 'Which secrets?',
    choices: possible.map((row) => ({
      value: row.id,
      name: `${row.id} (${ageOf(row.changed, now)})`,
      hint: `${row.does} ${row.breaks}`,
    })),
  })
  if (chosen.length === 0) throw canceled()
  return chosen
}

/** What people outside notice is agreed to first. */
async function acceptBreakage(run: RotateRun, rows: readonly SecretRow[]): Promise<void> {
  const { options, prompter } = run
  for (const { id, breaks } of rows.filter(({ outside }) => outside)) {
    if (options.acceptBreakage || options.dryRun) continue
    if (prompter === undefined) {
      throw new Failure('badInput', `${id} breaks something outside. ${breaks}`, {
        remedy: 'Add --accept-breakage if that is meant. Nothing was changed.',
      })
    }
    prompter.say(breaks)
    const typed = await prompter.text({
      message: `Type ${id} to go on:`,
      validate: (text) =>
        text === id || text === '' ? undefined : `Type ${id}, or nothing to stop.`,
    })
    if (typed !== id) throw canceled()
  }
}
