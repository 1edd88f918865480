import type { Failure } from '../failure.ts'
import { maskFileText } from '../plan/mask/mask-files.ts'
import type { Masker } from '../secrets/masker.ts'
import { isSecretName } from '../secrets/names.ts'
import { oneLine } from './one-line.ts'

const color = /\p{Cc}\[[\d;]*[A-Za-z]/gu

/**
 * The failure of a service, with the log lines in its remedy as they may be shown: a program prints
 * passwords that are too short to be known everywhere, and whatever its callers sent, control characters
 * included.
 */
export function withSafeLog(failure: Failure, masker: Masker): Failure {
  const lines = failure.remedy?.split('\n').map((line) => {
    const [, indent = '', text = ''] = /^( *)(.*)$/s.exec(line.replace(color, '')) ?? []
    return indent + oneLine(maskFileText('log', text, isSecretName, masker).reveal())
  })
  return failure.but(lines === undefined ? {} : { remedy: lines.join('\n') })
}
