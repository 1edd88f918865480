import { catalogue, secretIds } from '../../secrets/catalogue.ts'
import { isWellKnown } from '../../secrets/well-known.ts'
import { type Case, type Control, type Look, verdictOf } from '../control.ts'
import { look, variableAt } from '../look.ts'
import { variableOf } from '../reading.ts'

export const repeatedSecrets: Control = {
  meta: {
    id: 'repeated-secrets',
    title: 'No two secrets are the same',
    severity: 'high',
    area: 'credentials',
    why: 'A secret that stands in two places is known to everybody who needs either of them.',
    risk: "Whoever learns the one that is easier to see, such as Redis' password from a log, has the other as well, such as the service key.",
    fix: 'rotate gives one of the two a value of its own. init makes each secret by itself, but changes none that may be in use.',
    reference: 'https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html',
  },
  inspect(c) {
    const byValue = new Map<string, readonly [SecretPlace, ...SecretPlace[]]>()
    for (const place of places(c)) {
      const [first, ...more] = byValue.get(place.value) ?? []
      byValue.set(place.value, first === undefined ? [place] : [first, ...more, place])
    }
    return verdictOf([...byValue.values()].map((same) => inOnePlace(c, same)))
  },
}

interface SecretPlace {
  readonly id: string
  readonly name: string
  readonly value: string
  readonly canRotate: boolean
}

function places(c: Case): readonly SecretPlace[] {
  return secretIds.flatMap((id) =>
    catalogue[id].variables.flatMap((name) => {
      const value = variableOf(c, name)
      if (value === undefined || isWellKnown(value)) return []
      return [{ id, name, value, canRotate: catalogue[id].change === 'yes' }]
    }),
  )
}

/** Two names of one secret, such as the old and the new one of the OIDC client's, may agree. */
function inOnePlace(c: Case, same: readonly [SecretPlace, ...SecretPlace[]]): Look {
  const [first] = same
  const changed = same.findLast(({ canRotate }) => canRotate)
  const shown = changed ?? first
  const others = same.filter((one) => one !== shown).map(({ name }) => name)
  const isRepeated = same.some(({ id }) => id !== first.id)
  return look(
    { ...variableAt(c, shown.name), value: isRepeated ? `as ${others.join(' and ')}` : 'its own' },
    'its own',
    isRepeated && {
      evidence: `${shown.name} has the same value as ${others.join(' and ')}`,
      remedy:
        changed === undefined
          ? 'Give each a value of its own when what depends on them can be told.'
          : `Run tracecat-harden rotate ${changed.id}.`,
    },
  )
}
