import { earlyUses, repeatedNames } from '../../install/env-file/order.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { look } from '../look.ts'

export const envOrder: Control = {
  meta: {
    id: 'env-order',
    title: 'Every name in .env stands once, above its first use',
    severity: 'medium',
    area: 'host',
    why: 'Compose reads .env from top to bottom: a name that is used above its definition is blank there. Of a name that stands twice the last one counts, whichever you change.',
    risk: 'Nobody has to attack: a password is blank or another one than you see, and a service is open or locked out.',
    fix: 'What init writes, it writes in order. A line of yours that uses a name from below you move: its value would change.',
    reference:
      'https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/',
  },
  inspect(c) {
    const { env } = c.install
    if (env === undefined) return notApplicable('there is no .env')
    const early = earlyUses(env).map(({ name, usedBy, where, definition }) =>
      look({ subject: name, where, value: 'below its first use' }, 'above its first use', {
        evidence: `${usedBy} uses ${name}, which is set only in line ${definition.line}: it is blank here`,
        remedy: `Move ${name} above ${usedBy}.`,
      }),
    )
    const repeated = repeatedNames(env).map(({ name, places }) =>
      look({ subject: name, where: places.at(-1), value: `${places.length} times` }, 'once', {
        evidence: `${name} is set in lines ${places.map(({ line }) => line).join(', ')}: the last one counts`,
        remedy: 'Remove the lines that do not count.',
        severity: 'low',
      }),
    )
    const value = `${env.assignments.length} names, each once`
    const whole = { subject: 'the order of names', where: { file: c.install.envPath }, value }
    return verdictOf([look(whole, 'each once, above its first use'), ...early, ...repeated])
  },
}
