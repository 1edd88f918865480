import { InterpolationError, interpolate } from '../interpolate.ts'
import {
  anyItem,
  matches,
  type Pattern,
  pattern,
  refuse,
  type ScalarTree,
  type Tree,
  type TreePath,
  valueScalar,
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
const booleans: readonly Pattern[] = [
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
].map(pattern)

const integers: readonly Pattern[] = [
  'services.*.healthcheck.retries',
  'services.*.pids_limit',
  'services.*.scale',
  'services.*.oom_score_adj',
  'services.*.cpu_shares',
  `services.*.ports.${anyItem}.target`,
  'services.*.deploy.replicas',
].map(pattern)

/**
 * Replaces `${...}` in every string value, keys excepted, and makes booleans and integers of
 * strings where Compose does.
 *
 * @throws Failure('badInput') at the value, for what Compose refuses: a required variable without
 *   a value, a malformed `${`, `privileged: perhaps`
 */
export function substitute(tree: Tree, path: TreePath, run: Substitution): Tree {
  if (tree.kind === 'map') {
    const entries = [...tree.entries].map(
      ([key, value]) => [key, substitute(value, [...path, key], run)] as const,
    )
    return { ...tree, entries: new Map(entries) }
  }
  if (tree.kind === 'list') {
    const next = [...path, anyItem]
    return { ...tree, items: tree.items.map((item) => substitute(item, next, run)) }
  }
  return typeof tree.value === 'string' ? cast(replaced(tree, tree.value, run), path) : tree
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

function cast(scalar: ScalarTree, path: TreePath): ScalarTree {
  if (booleans.some((wanted) => matches(path, wanted))) {
    const word = scalar.text.toLowerCase()
    if (['true', 'yes', 'y', 'on'].includes(word)) return valueScalar(true, scalar.at)
    if (['false', 'no', 'n', 'off'].includes(word)) return valueScalar(false, scalar.at)
    throw refuse(`${path.at(-1)} is neither true nor false`, scalar.at)
  }
  if (integers.some((wanted) => matches(path, wanted))) {
    if (/^[-+]?[0-9]{1,15}$/.test(scalar.text)) return valueScalar(Number(scalar.text), scalar.at)
    throw refuse(`${path.at(-1)} is no whole number`, scalar.at)
  }
  return scalar
}
