import { catalogue } from '../../secrets/catalogue.ts'
import { classify } from '../../secrets/classify.ts'
import { type ServerWithLogin, whereIs } from '../../servers/server.ts'
import { serversWithLogin } from '../../servers/servers.ts'
import { type Case, type Control, type Look, verdictOf } from '../control.ts'
import { look, type Problem, variableAt } from '../look.ts'
import { variableOf } from '../reading.ts'

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
    return verdictOf(serversWithLogin.flatMap((server) => passwordsOf(c, server)))
  },
}

function passwordsOf(c: Case, server: ServerWithLogin): readonly Look[] {
  const where = whereIs(c.install, server)
  switch (where.kind) {
    case 'bundled':
      return [...own(c, server), ...inUri(c, server)]
    case 'external':
      return foreign(c, server, where.host)
    case 'missing':
      return []
  }
}

/** The password of a server of this stack. Those that everybody knows have controls of their own. */
function own(c: Case, { secret }: ServerWithLogin): readonly Look[] {
  const remedy = `Run tracecat-harden rotate ${secret}.`
  return catalogue[secret].variables.flatMap((name) => {
    const value = variableOf(c, name)
    if (value === undefined) return []
    const problem = {
      missing: undefined,
      placeholder: undefined,
      good: undefined,
      weak: 'too short or too regular to be secret',
      malformed: 'has control characters',
    }[classify(secret, value)]
    return [strong(c, name, problem && { evidence: `${name}: ${problem}`, remedy })]
  })
}

/** The password before there is a variable for it: only in the URI. */
function inUri(c: Case, server: ServerWithLogin): readonly Look[] {
  const { variables, uri } = catalogue[server.secret]
  const password = server.login(c.install)?.password?.reveal()
  if (uri?.isFirst !== true || password === undefined) return []
  if (variableOf(c, variables[0]) !== undefined) return []
  const quality = classify(server.secret, password)
  const isWeak = quality === 'weak' || quality === 'malformed'
  return [
    strong(
      c,
      uri.variable,
      isWeak && {
        evidence: `the password in ${uri.variable} is too short or too regular to be secret`,
        remedy: `Run tracecat-harden rotate ${server.secret}.`,
      },
    ),
  ]
}

/** A server of the admin's own: its password is checked, never written. */
function foreign(c: Case, server: ServerWithLogin, host: string): readonly Look[] {
  const { variables, uri } = catalogue[server.secret]
  const login = server.login(c.install)
  if (login === undefined) return []
  const name = uri?.variable ?? variables[0]
  const problem = {
    good: undefined,
    missing: 'has no password',
    placeholder: 'has a password that everybody knows',
    weak: 'has a password that is too short or too regular to be secret',
    malformed: 'has a password that is too short or too regular to be secret',
  }[classify(server.secret, login.password?.reveal())]
  return [
    strong(
      c,
      name,
      problem && {
        evidence: `${name} ${problem}, for your server ${host}`,
        remedy: `Change it on ${host} first, then in ${name}; or accept it with the reason, such as a client certificate.`,
      },
    ),
  ]
}

function strong(c: Case, name: string, problem: Problem | '' | false | undefined): Look {
  const value = problem ? 'weak' : 'strong'
  return look(
    { ...variableAt(c, name), subject: `the password in ${name}`, value },
    'strong',
    problem || false,
  )
}
