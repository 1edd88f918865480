import { InterpolationError, interpolate } from '../interpolate.ts'
import { type Rules, rulesOf } from './merge/rules.ts'
import {
  anyItem,
  refuse,
  type ScalarTree,
  type Tree,
  valueScalar,
  withItems,
  withValues,
} from './tree.ts'

/** What substitution is told and what it gathers. */
export interface Substitution {
  readonly lookup: (name: string) => string | undefined
  readonly unset: Set<string>
  /** Characters made so far, over all files. */
  made: number
}

/** Characters of all substituted texts together. */
const maximumMade = 8 * 1024 * 1024

/** Where Compose makes a boolean or number of a string, a quoted one too. */
type Kind = 'boolean' | 'integer'

const booleans = [
  'services.*.privileged',
  'services.*.read_only',
  'services.*.init',
  'services.*.tty',
  'services.*.stdin_open',
  'services.*.oom_kill_disable',
  'services.*.healthcheck.disable',
  `services.*.volumes.${anyItem}.read_only`,
  `services.*.volumes.${anyItem}.volume.nocopy`,
  'networks.*.external',
  'networks.*.internal',
  'networks.*.attachable',
  'networks.*.enable_ipv6',
  'volumes.*.external',
  'configs.*.external',
]

const integers = [
  'services.*.healthcheck.retries',
  'services.*.pids_limit',
  'services.*.scale',
  'services.*.oom_score_adj',
  'services.*.cpu_shares',
  `services.*.ports.${anyItem}.target`,
  'services.*.deploy.replicas',
]

const kinds = rulesOf<Kind>([
  ...booleans.map((path) => [path, 'boolean'] as const),
  ...integers.map((path) => [path, 'integer'] as const),
])

/**
 * Replaces `${...}` in every string value, keys excepted, and makes booleans and integers of
 * strings where Compose does.
 *
 * @throws Failure('badInput') at the value, for what Compose refuses: a required variable without
 *   a value, a malformed `${`, `privileged: perhaps`
 */
export function substitute(tree: Tree, run: Substitution): Tree {
  return substituteBelow(tree, '', kinds, run)
}

function substituteBelow(
  tree: Tree,
  key: string,
  rules: Rules<Kind> | undefined,
  run: Substitution,
): Tree {
  if (tree.kind === 'map')
    return withValues(tree, (value, name) => substituteBelow(value, name, rules?.below(name), run))
  if (tree.kind === 'list') {
    const below = rules?.below(anyItem)
    return withItems(tree, (item) => substituteBelow(item, anyItem, below, run))
  }
  if (typeof tree.value !== 'string') return tree
  return cast(replaced(tree, tree.value, run), key, rules?.rule)
}

function replaced(scalar: ScalarTree, text: string, run: Substitution): ScalarTree {
  if (!text.includes('$')) return scalar
  try {
    const { value, unset } = interpolate(text, run.lookup)
    for (const name of unset) run.unset.add(name)
    run.made += value.length
    if (run.made > maximumMade) throw refuse('variables expand to too much text', scalar.at)
    return { ...scalar, value, text: value, template: text }
  } catch (error) {
    if (!(error instanceof InterpolationError)) throw error
    const remedy = error.variable === undefined ? undefined : `set ${error.variable} in .env`
    throw refuse(error.message, scalar.at, remedy)
  }
}

function cast(scalar: ScalarTree, key: string, kind: Kind | undefined): ScalarTree {
  if (kind === 'boolean') {
    const word = scalar.text.toLowerCase()
    if (['true', 'yes', 'y', 'on'].includes(word)) return valueScalar(true, scalar.at)
    if (['false', 'no', 'n', 'off'].includes(word)) return valueScalar(false, scalar.at)
    throw refuse(`${key} is neither true nor false`, scalar.at)
  }
  if (kind === 'integer') {
    if (/^[-+]?[0-9]{1,15}$/.test(scalar.text)) return valueScalar(Number(scalar.text), scalar.at)
    throw refuse(`${key} is no whole number`, scalar.at)
  }
  return scalar
}
