import { classify } from '../../secrets/classify.ts'
import { type Keyring, parseKeyring, renderKeyring } from '../../secrets/keyring.ts'
import {
  type Case,
  type Control,
  type HardenCase,
  type Look,
  notApplicable,
  stays,
  verdictOf,
} from '../control.ts'
import { type Edit, setInService, setVariableTo } from '../edit.ts'
import { environmentAt, look, variableAt } from '../look.ts'
import { baseModel, isOn, variableOf } from '../reading.ts'
import { chosen } from '../secrets.ts'

const keyring = 'TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING'
const enabled = 'TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED'

export const payloadEncryption: Control = {
  meta: {
    id: 'payload-encryption',
    title: 'Workflow histories in Temporal are encrypted where asked for',
    severity: 'medium',
    area: 'credentials',
    why: "Temporal stores every workflow's inputs and outputs; without a keyring in plain text.",
    risk: "Whoever reads Temporal's database or its UI reads what workflows handled.",
    fix: 'With payloadEncryption: true a keyring is made and passed to the six services. On a stack that has run it takes two steps: first every service gets the keyring, then encryption is turned on.',
    reference: 'https://docs.temporal.io/production-deployment/data-encryption',
  },
  inspect(c) {
    if (!c.release.abilities.payloadKeyring)
      return notApplicable(`Tracecat ${c.release.tag} has no payload encryption`)
    return verdictOf([encrypted(c)])
  },
  harden(c) {
    if (!c.release.abilities.payloadKeyring) return []
    const value = chosen(c.secrets, keyring)
    if (value === undefined) return []
    const state =
      c.answers.payloadEncryption && (c.facts.fresh || everyServiceHasIt(c)) ? 'true' : 'false'
    const wasOn = isOn(variableOf(c, enabled))
    return [
      setVariableTo(keyring, value, {
        keep: true,
        comment: 'Never remove a key from it: histories that it encrypted would be lost.',
      }),
      setVariableTo(enabled, c.answers.payloadEncryption && wasOn ? 'true' : state, {
        after: keyring,
      }),
      ...demands(c),
    ]
  },
}

/** Only the key that encrypts from now on: older ones must stay, whatever they are. */
function isWeakKey({ current, keys }: Keyring): boolean {
  const root = keys.get(current)
  if (root === undefined) return false
  const ring = renderKeyring({ current, keys: new Map([[current, root]]) })
  return classify('payload-keyring', ring.reveal()) !== 'good'
}

/** A second key that must never be lost is not for everybody: only asked for, it is made. */
function plain(c: Case): Look {
  return look(environmentAt(c, 'api', enabled), true, {
    evidence: 'Temporal keeps the inputs and outputs of workflows in plain text',
    remedy:
      'Set payloadEncryption: true in tracecat-harden.yaml and run tracecat-harden init; keep a copy of the keyring outside of this host.',
    standing:
      c.answers === undefined
        ? undefined
        : stays(
            'a second key that must never be lost is yours to ask for (payloadEncryption: true)',
          ),
  })
}

function encrypted(c: Case): Look {
  const text = variableOf(c, keyring)
  const ring = text === undefined ? undefined : parseKeyring(text)
  const isAsked = c.answers?.payloadEncryption === true
  if (text !== undefined && ring === undefined) {
    return look({ ...variableAt(c, keyring), value: 'no keyring' }, 'a keyring', {
      evidence: `${keyring} is no keyring`,
      remedy:
        'Put the real keyring back from a backup: what was encrypted with it is lost without it.',
      severity: 'critical',
    })
  }
  if (!isOn(variableOf(c, enabled))) return isAsked ? notOn(c, ring) : plain(c)
  if (ring === undefined) {
    return look(variableAt(c, keyring), 'a keyring', {
      evidence: `${enabled} is true and there is no keyring`,
      remedy: 'Put the keyring back from a backup.',
      severity: 'critical',
    })
  }
  const isWeak = isWeakKey(ring)
  return look(
    { ...variableAt(c, keyring), value: `${isWeak ? 'weak' : 'strong'}: ${ring.keys.size} keys` },
    'a keyring whose current key is strong',
    isWeak && {
      evidence: `the current key of ${keyring} is too short or too regular to be secret`,
      remedy:
        'Run tracecat-harden rotate payload-keyring: it adds a key, and what the old one encrypted stays readable.',
    },
  )
}

function notOn(c: Case, ring: Keyring | undefined): Look {
  if (ring === undefined)
    return look(variableAt(c, enabled), true, {
      evidence: 'payload encryption is asked for and not on',
    })
  return look(variableAt(c, enabled), true, {
    evidence: 'the keyring is in place, encryption is not turned on yet',
    remedy:
      'Run docker compose up -d, so that every service has the keyring, then tracecat-harden init where Docker can be asked.',
  })
}

/** The services that the release's own Compose file gives the keyring to. */
function holders(c: Case): readonly string[] {
  return [...(baseModel(c)?.services.values() ?? [])]
    .filter((service) => service.environment.has(keyring))
    .map((service) => service.name)
}

/** The vendor's env-migration drops both variables in silence: the override makes their absence loud. */
function demands(c: HardenCase): readonly Edit[] {
  return holders(c).flatMap((service) =>
    [keyring, enabled].map((name) =>
      setInService(
        service,
        ['environment', name],
        `\${${name}:?run tracecat-harden init to put it back}`,
      ),
    ),
  )
}

/** A service without the keyring fails on what another one encrypted: all running ones must have it first. */
function everyServiceHasIt(c: HardenCase): boolean {
  if (!c.facts.containers.known) return false
  const ring = chosen(c.secrets, keyring)?.reveal()
  const names = holders(c)
  const containers = c.facts.containers.value
  return (
    names.length > 0 &&
    names.every((name) => {
      const own = containers.filter((container) => container.service === name)
      return own.length > 0 && own.every((container) => container.environment.get(keyring) === ring)
    })
  )
}
