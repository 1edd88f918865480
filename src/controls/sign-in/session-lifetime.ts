import { type Control, notApplicable, stays, verdictOf } from '../control.ts'
import { look, settingAt } from '../look.ts'
import { serviceOf } from '../reading.ts'

const variable = 'SESSION_EXPIRE_TIME_SECONDS'
const aWeek = 7 * 24 * 60 * 60

export const sessionLifetime: Control = {
  meta: {
    id: 'session-lifetime',
    title: 'Sessions end',
    severity: 'low',
    area: 'sign-in',
    why: 'A session lives for seven days; no Compose file passes SESSION_EXPIRE_TIME_SECONDS on.',
    risk: 'Somebody who was removed at the provider, or who stole a cookie, works on for up to a week.',
    fix: 'SESSION_EXPIRE_TIME_SECONDS in the environment of api in your override, such as 43200 for twelve hours. How often people must sign in is your policy: init sets nothing.',
    reference:
      'https://cheatsheetseries.owasp.org/cheatsheets/Session_Management_Cheat_Sheet.html#session-expiration',
  },
  inspect(c) {
    const api = serviceOf(c, 'api')
    if (api === undefined) return notApplicable('no service api in this stack')
    const seconds = Number(api.environment.get(variable) ?? '') || aWeek
    return verdictOf([
      look(
        settingAt(c, 'api', ['environment', variable], `${seconds} s`),
        `less than ${aWeek} s`,
        seconds >= aWeek && {
          evidence: `sessions live for ${Math.round(seconds / 86_400)} days`,
          remedy: `Set ${variable} for api in your override, such as "43200".`,
          standing: stays('how often people must sign in is your policy: none is set for you'),
        },
      ),
    ])
  },
}
