import { expect, it } from 'vitest'
import { earlyUses, overriddenNames, repeatedNames } from '../../../src/install/env-file/order.ts'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'

const parse = (text: string) => parseEnvFile(text, '.env')
const at = (line: number) => ({ file: '.env', line })

it('names that stand more than once, with every line', () => {
  expect(repeatedNames(parse('A=1\nB=1\nA=2\nC=1\nexport A=3\n'))).toEqual([
    { name: 'A', places: [at(1), at(3), at(5)] },
  ])
})

it('names used above their definition, also in a default and in double quotes', () => {
  const text = 'URL="redis://:${PASSWORD}@${HOST:-${OTHER}}"\nPASSWORD=1\nOTHER=2\nNEXT=$PASSWORD\n'
  expect(earlyUses(parse(text))).toEqual([
    { name: 'PASSWORD', usedBy: 'URL', where: at(1), definition: at(2) },
    { name: 'OTHER', usedBy: 'URL', where: at(1), definition: at(3) },
  ])
})

it('no early use where Compose knows the value or nothing is replaced', () => {
  const text =
    "A=1\nB=$A\nA=2\nPATH=$PATH:/opt\nC='$D'\nE=$$D\n# $D\nD=1\nF=$COMPOSE_X\nCOMPOSE_X=1\n"
  expect(earlyUses(parse(text))).toEqual([])
})

it('names that the shell gives another value', () => {
  const env = parse('SAME=1\nOTHER=1\nUNSET=1\nOTHER=2\nURL=$OTHER\n')
  const shell = { SAME: '1', OTHER: 'x', UNSET: undefined, FOREIGN: '1', URL: 'x' }
  expect(overriddenNames(env, shell)).toEqual([{ name: 'OTHER', where: at(4) }])
})
