import { posix } from 'node:path'
import { overriddenNames } from '../../install/env-file/order.ts'
import { type Case, type Control, type Look, notApplicable, verdictOf } from '../control.ts'
import { look } from '../look.ts'
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
    const overridden = overriddenNames(env, Object.fromEntries(c.facts.shell))
      .filter(({ name }) => ![...inputs, otherFiles, noFile].includes(name))
      .map(({ name, where }) =>
        look({ subject: name, where, value: 'another in this shell' }, 'the one of .env', {
          evidence: `${name} is set to another value in this shell, which beats ${c.install.envPath}`,
          remedy: `unset ${name}`,
        }),
      )
    return verdictOf([readsOthers(c), readsNone(c), ...overridden])
  },
}

/** Compose takes the name from the shell alone: in .env it does nothing. */
function readsOthers(c: Case): Look {
  const { directory, envPath } = c.install
  const value = c.facts.shell.get(otherFiles)
  const own = posix.resolve(directory, envPath)
  const isOwn = (value || envPath)
    .split(',')
    .every((path) => posix.resolve(directory, path) === own)
  return look(
    { subject: `${otherFiles} of this shell`, where: { file: envPath }, value },
    `not set, or ${envPath}`,
    !isOwn && {
      evidence: `${otherFiles} is set in this shell: Compose reads ${value} instead of ${envPath}`,
      remedy: `unset ${otherFiles}`,
    },
  )
}

/** What Go's ParseBool takes for false; it refuses all but these and their like for true. */
const off = ['0', 'f', 'F', 'false', 'False', 'FALSE']
const on = ['1', 't', 'T', 'true', 'True', 'TRUE']

/** Compose looks for it in .env, too, which then turns itself off; the shell's counts more. */
function readsNone(c: Case): Look {
  const inShell = c.facts.shell.get(noFile)
  const value = inShell ?? c.install.values.get(noFile)
  const { envPath } = c.install
  const place = inShell === undefined ? whereVariable(c, noFile) : { file: envPath }
  const what = on.includes(value ?? '')
    ? `Compose does not read ${envPath} at all`
    : 'it is neither true nor false, and Compose refuses to start'
  return look(
    { subject: noFile, where: place, value },
    'not set, or false',
    value !== undefined &&
      !off.includes(value) && {
        evidence: `${noFile} is set in ${inShell === undefined ? envPath : 'this shell'}: ${what}`,
        remedy: inShell === undefined ? `Remove ${noFile} from ${envPath}.` : `unset ${noFile}`,
      },
  )
}
