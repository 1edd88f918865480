import { catalogue, type SecretId } from '../../secrets/catalogue.ts'
import { classify } from '../../secrets/classify.ts'
import { isWellKnown } from '../../secrets/well-known.ts'
import { parseConnectionUri } from '../../servers/uri.ts'
import { type Case, type Control, type Finding, verdictOf } from '../control.ts'
import { isStackHost, variableOf, whereVariable } from '../reading.ts'

const ids = [
  'postgres',
  'temporal-postgres',
  'minio',
  'redis',
] as const satisfies readonly SecretId[]
const uris = ['TRACECAT__DB_URI', 'REDIS_URL'] as const

export const weakSecrets: Control = {
  meta: {
    id: 'weak-secrets',
    title: 'Passwords of servers cannot be guessed',
    severity: 'high',
    area: 'credentials',
    why: 'A password that is short, or built from words and sequences, falls to a list of guesses; none of these servers limits how often one may be tried.',
    risk: 'Whoever reaches the internal network, such as a script that Tracecat runs, guesses the way into a server.',
    fix: 'rotate makes a random password and changes server and file together. init never replaces a password that may be in use. One of a server of your own you change there.',
    reference: 'https://pages.nist.gov/800-63-4/sp800-63b.html',
  },
  inspect(c) {
    return verdictOf([
      ...ids.flatMap((id) => own(c, id)),
      ...redisUrl(c),
      ...uris.flatMap((name) => foreign(c, name)),
    ])
  },
}

/** Passwords of this stack's servers. Those that everybody knows have controls of their own. */
function own(c: Case, id: (typeof ids)[number]): readonly Finding[] {
  return catalogue[id].variables.flatMap((name) => {
    const value = variableOf(c, name)
    if (value === undefined) return []
    const quality = classify(id, value)
    if (quality !== 'weak' && quality !== 'malformed') return []
    const problem =
      quality === 'weak' ? 'too short or too regular to be secret' : 'has control characters'
    return [
      {
        where: whereVariable(c, name),
        evidence: `${name}: ${problem}`,
        remedy: `Run tracecat-harden rotate ${id}.`,
      },
    ]
  })
}

/** Redis' password before there is a variable for it: only in the URL. */
function redisUrl(c: Case): readonly Finding[] {
  const uri = parseConnectionUri(variableOf(c, 'REDIS_URL') ?? '')
  if (uri === undefined || !isStackHost(c, uri.host) || uri.password === '') return []
  if (variableOf(c, 'REDIS_PASSWORD') !== undefined) return []
  const quality = classify('redis', uri.password)
  if (quality !== 'weak' && quality !== 'malformed') return []
  return [
    {
      where: whereVariable(c, 'REDIS_URL'),
      evidence: 'the password in REDIS_URL is too short or too regular to be secret',
      remedy: 'Run tracecat-harden rotate redis.',
    },
  ]
}

/** A server of the admin's own: its password is checked, never written. */
function foreign(c: Case, name: string): readonly Finding[] {
  const uri = parseConnectionUri(variableOf(c, name) ?? '')
  if (uri === undefined || isStackHost(c, uri.host)) return []
  const problem =
    uri.password === ''
      ? 'has no password'
      : isWellKnown(uri.password)
        ? 'has a password that everybody knows'
        : classify('postgres', uri.password) === 'good'
          ? undefined
          : 'has a password that is too short or too regular to be secret'
  if (problem === undefined) return []
  return [
    {
      where: whereVariable(c, name),
      evidence: `${name} ${problem}, for your server ${uri.host}`,
      remedy: `Change it on ${uri.host} first, then in ${name}; or accept it with the reason, such as a client certificate.`,
    },
  ]
}
