import { type Control, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look, variableAt } from '../look.ts'
import { isOn, variableOf } from '../reading.ts'

const level = 'LOG_LEVEL'
const unmasked = 'TRACECAT__UNSAFE_DISABLE_SM_MASKING'

export const logLevel: Control = {
  meta: {
    id: 'log-level',
    title: 'The log does not tell secrets on purpose',
    severity: 'high',
    area: 'credentials',
    why: 'At LOG_LEVEL=TRACE Tracecat prints the database URI with its password. TRACECAT__UNSAFE_DISABLE_SM_MASKING=true shows stored credentials in the results of actions.',
    risk: 'Whoever reads the logs or the runs of workflows has the password of the database, or every credential that a workflow uses.',
    fix: 'LOG_LEVEL is set to INFO, masking is turned on again.',
    reference: 'https://cwe.mitre.org/data/definitions/532.html',
  },
  inspect(c) {
    return verdictOf([
      look(
        variableAt(c, level),
        'any but TRACE',
        variableOf(c, level)?.toUpperCase() === 'TRACE' && {
          evidence: `${level} is TRACE: the database URI is in the log`,
        },
      ),
      look(
        variableAt(c, unmasked),
        'off',
        isOn(variableOf(c, unmasked)) && {
          evidence: `${unmasked} is on: actions show stored credentials`,
        },
      ),
    ])
  },
  harden(c) {
    return [
      ...(['TRACE', 'INFO'].includes(variableOf(c, level)?.toUpperCase() ?? '')
        ? [setVariableTo(level, 'INFO')]
        : []),
      ...(variableOf(c, unmasked) === undefined ? [] : [setVariableTo(unmasked, 'false')]),
    ]
  },
}
