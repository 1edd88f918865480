import { posix } from 'node:path'
import { overriddenNames } from '../../install/env-file/order.ts'
import { type Case, type Control, type Finding, notApplicable, verdictOf } from '../control.ts'
import { whereVariable } from '../reading.ts'

/** How a secret of the provider comes in: `init` takes it from there into .env. */
const inputs = ['OIDC_CLIENT_SECRET', 'OAUTH_CLIENT_SECRET']

const otherFiles = 'COMPOSE_ENV_FILES'
const noFile = 'COMPOSE_DISABLE_ENV_FILE'

export const shellOverrides: Control = {
  meta: {
    id: 'shell-overrides',
    title: 'No variable of your shell beats .env',
    severity: 'medium',
    area: 'host',
    why: `A variable that is set where docker compose is started wins over the same name in .env. ${otherFiles} and ${noFile} even make it read other files, or none.`,
    risk: 'Nobody has to attack: the stack runs with another password, address or image than the files say, and with yet another one when somebody else starts it.',
    fix: 'unset it, also in your profile, before you start docker compose.',
    reference: 'https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/',
  },
  inspect(c) {
    const { env } = c.install
    if (env === undefined) return notApplicable('there is no .env')
    return verdictOf([
      ...readsOthers(c),
      ...readsNone(c),
      ...overriddenNames(env, Object.fromEntries(c.facts.shell))
        .filter(({ name }) => ![...inputs, otherFiles, noFile].includes(name))
        .map(({ name, where }) => ({
          where,
          evidence: `${name} is set to another value in this shell, which beats ${c.install.envPath}`,
          remedy: `unset ${name}`,
        })),
    ])
  },
}

/** Compose takes the name from the shell alone: in .env it does nothing. */
function readsOthers(c: Case): readonly Finding[] {
  const { directory, envPath } = c.install
  const value = c.facts.shell.get(otherFiles) ?? ''
  const own = posix.resolve(directory, envPath)
  if (value === '' || value.split(',').every((path) => posix.resolve(directory, path) === own))
    return []
  return [
    {
      where: { file: envPath },
      evidence: `${otherFiles} is set in this shell: Compose reads ${value} instead of ${envPath}`,
      remedy: `unset ${otherFiles}`,
    },
  ]
}

/** What Go's ParseBool takes for false; it refuses all but these and their like for true. */
const off = ['0', 'f', 'F', 'false', 'False', 'FALSE']
const on = ['1', 't', 'T', 'true', 'True', 'TRUE']

/** Compose looks for it in .env, too, which then turns itself off; the shell's counts more. */
function readsNone(c: Case): readonly Finding[] {
  const inShell = c.facts.shell.get(noFile)
  const value = inShell ?? c.install.values.get(noFile)
  if (value === undefined || off.includes(value)) return []
  const { envPath } = c.install
  const what = on.includes(value)
    ? `Compose does not read ${envPath} at all`
    : 'it is neither true nor false, and Compose refuses to start'
  return [
    {
      where: inShell === undefined ? whereVariable(c, noFile) : { file: envPath },
      evidence: `${noFile} is set in ${inShell === undefined ? envPath : 'this shell'}: ${what}`,
      remedy: inShell === undefined ? `Remove ${noFile} from ${envPath}.` : `unset ${noFile}`,
    },
  ]
}
