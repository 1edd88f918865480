/**
 * Rules by the paths that they are for, as a tree beside the Compose file's own: whoever walks down both
 * sees at once where no rule waits below, which is nearly everywhere.
 */
export interface Rules<Rule> {
  /** What holds right here. */
  readonly rule: Rule | undefined
  /** What holds below this key; undefined where nothing does. */
  below(key: string): Rules<Rule> | undefined
}

interface Branch<Rule> extends Rules<Rule> {
  rule: Rule | undefined
  readonly children: Map<string, Branch<Rule>>
}

/** Makes rules of paths such as `services.*.ports`; `*` is any key that no other path names there. */
export function rulesOf<Rule>(list: Iterable<readonly [string, Rule]>): Rules<Rule> {
  const root = branch<Rule>()
  for (const [path, rule] of list) {
    let at = root
    for (const part of path.split('.')) {
      const next = at.children.get(part) ?? branch<Rule>()
      at.children.set(part, next)
      at = next
    }
    at.rule = rule
  }
  return root
}

function branch<Rule>(): Branch<Rule> {
  const children = new Map<string, Branch<Rule>>()
  return { rule: undefined, children, below: (key) => children.get(key) ?? children.get('*') }
}
