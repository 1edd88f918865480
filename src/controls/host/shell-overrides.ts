import { overriddenNames } from '../../install/env-file/order.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'

/** How a secret of the provider comes in: `init` takes it from there into .env. */
const inputs = ['OIDC_CLIENT_SECRET', 'OAUTH_CLIENT_SECRET']

export const shellOverrides: Control = {
  meta: {
    id: 'shell-overrides',
    title: 'No variable of your shell beats .env',
    severity: 'medium',
    area: 'host',
    why: 'A variable that is set where docker compose is started wins over the same name in .env.',
    risk: 'Nobody has to attack: the stack runs with another password, address or image than the files say, and with yet another one when somebody else starts it.',
    fix: 'unset it, also in your profile, before you start docker compose.',
    reference: 'https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/',
  },
  inspect(c) {
    const { env } = c.install
    if (env === undefined) return notApplicable('there is no .env')
    return verdictOf(
      overriddenNames(env, Object.fromEntries(c.facts.shell))
        .filter(({ name }) => !inputs.includes(name))
        .map(({ name, where }) => ({
          where,
          evidence: `${name} is set to another value in this shell, which beats ${c.install.envPath}`,
          remedy: `unset ${name}`,
        })),
    )
  },
}
