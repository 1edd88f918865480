import { expect, test } from 'vitest'
import { completeAnswers } from '../../src/answers/complete.ts'
import { parseAnswers } from '../../src/answers/parse.ts'
import type { Case } from '../../src/controls/control.ts'
import { type Judgement, judge } from '../../src/controls/judge.ts'
import { controls } from '../../src/controls/registry.ts'
import { compareTags } from '../../src/release/version.ts'
import { decidePrivileges } from '../../src/surroundings/privileges.ts'
import { harden } from '../controls/case.ts'
import { stockCase } from '../controls/stock-case.ts'
import { describeStock, releases } from '../stock.ts'
import {
  type AnswersObject,
  answers,
  asYaml,
  googleSso,
  privilegeLevels,
  ssoChoices,
  tenancies,
  tlsChoices,
} from './answers.ts'
import { open } from './run.ts'

/** Before 1.0.0-beta.5 there is no OIDC but Google's. */
const isGoogleOnly = (release: string) => compareTags(release, '1.0.0-beta.5') < 0

const googleChoices: Readonly<Record<keyof typeof ssoChoices, AnswersObject>> = {
  ...ssoChoices,
  oidc: googleSso,
  'oidc with passwords': { ...googleSso, keepPasswords: true },
}

interface Combination {
  readonly name: string
  readonly given: AnswersObject
}

/** Every choice with every other; where all are trusted there is no sandbox, and no level for it. */
function combinationsOn(release: string): readonly Combination[] {
  const signIns = isGoogleOnly(release) ? googleChoices : ssoChoices
  return Object.entries(tlsChoices).flatMap(([tls, tlsChoice]) =>
    tenancies.flatMap((tenancy) =>
      Object.entries(signIns).flatMap(([signIn, signInChoice]) =>
        (tenancy === 'trusted' ? (['auto'] as const) : privilegeLevels).map((level) => ({
          name: `${tls}, ${tenancy}, ${signIn}, ${level}`,
          given: answers(tlsChoice, signInChoice, { tenancy, executorPrivileges: level }),
        })),
      ),
    ),
  )
}

/** The stock install as `init --fresh` finds it on a host where no jail can be tried. */
async function freshCase(stock: Case, given: AnswersObject): Promise<Case> {
  const read = parseAnswers(asYaml(given), 'tracecat-harden.yaml').answers
  const complete = completeAnswers(read, { release: stock.release })
  const untried = async () => ({ untried: 'there is no Docker here' })
  const privileges = await decidePrivileges(complete, stock.release, undefined, untried)
  return { ...stock, answers: complete, facts: { ...stock.facts, fresh: true, privileges } }
}

/** What `audit` says of it afterwards: nobody states then that it is fresh. */
function audited(after: Case): Judgement {
  return judge(controls, { ...after, facts: { ...after.facts, fresh: false } })
}

describeStock('everything with everything', () => {
  test.each(releases)('leaves nothing open on %s', async (release) => {
    const stock = stockCase(release, { TRACECAT__IMAGE_TAG: release })
    expect(stock.release.tag).toBe(release)
    expect(stock.install.compose?.unresolved).toEqual([])
    const combinations = combinationsOn(release)
    expect(combinations).toHaveLength(4 * (2 * 4 + 1) * 5)
    const left: string[] = []
    for (const { name, given } of combinations) {
      const judgement = audited(harden(await freshCase(stock, given)))
      left.push(...open(judgement).map((finding) => `${name}: ${finding}`))
    }
    expect(left).toEqual([])
  })
})
