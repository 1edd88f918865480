import { expect, test } from 'vitest'
import { describeStock, newest, releases } from '../../stock.ts'
import { compareWithCompose, resolveFolder } from './agreement.ts'
import { composeConfig, composeVersion } from './compose-command.ts'
import { withRelease } from './releases.ts'

/** What changes in the stock `.env`, and whether Compose then still accepts the files. */
const states = [
  { state: 'the stock .env', accepted: true, changeEnv: (stock: string) => stock },
  {
    state: 'changed values',
    accepted: true,
    changeEnv: (stock: string) =>
      `${stock}\nTRACECAT__IMAGE_TAG=1.2.3\nPUBLIC_APP_PORT=8443\nREDIS_URL='redis://:p$w@redis:6379'\nTRACECAT__LOCAL_REPOSITORY_PATH=./registry\nPYTHONPATH='/a b'\nCOMPOSE_PROJECT_NAME=other\n`,
  },
  {
    state: 'an empty value for each name',
    accepted: true,
    changeEnv: (stock: string) =>
      `${stock.replaceAll(/^([A-Z_]+)=.*$/gm, '$1=')}\nTRACECAT__LOCAL_REPOSITORY_PATH=/r\nPUBLIC_APP_PORT=80\n`,
  },
  { state: 'no variables', accepted: false, changeEnv: () => '' },
]

const cases = releases.flatMap((release) => states.map((state) => ({ release, ...state })))

const skipped = composeVersion === undefined ? ' (skipped: Docker Compose is not installed)' : ''

describeStock(`our model is Compose's${skipped}`, () => {
  const compared = test.skipIf(skipped !== '')

  compared.each(cases)('$release with $state', ({ release, changeEnv, accepted }) => {
    const answer = withRelease(release, changeEnv, (directory) => {
      if (!accepted) return [composeConfig(directory).ok, compareWithCompose(directory)]
      return [true, compareWithCompose(directory), resolveFolder(directory).unresolved]
    })
    expect(answer).toEqual(accepted ? [true, [], []] : [false, []])
  })

  compared('it names the variables that Compose warns about', () => {
    const unset = withRelease(
      newest,
      () => 'TRACECAT__LOCAL_REPOSITORY_PATH=/r\nPUBLIC_APP_PORT=80\n',
      (directory) => resolveFolder(directory).unsetVariables,
    )
    expect(unset).toContain('TRACECAT__DB_ENCRYPTION_KEY')
    expect(unset).not.toContain('TRACECAT__IMAGE_TAG')
  })
})
