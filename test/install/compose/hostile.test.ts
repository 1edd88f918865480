import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import { resolveCompose } from '../../../src/install/compose/resolve.ts'

/** Reads a file; the failure where there is one. Any other error fails the test. */
function read(text: string, env: ReadonlyMap<string, string> = new Map()): Failure | undefined {
  try {
    resolveCompose([{ file: 'c.yml', text }], env, { projectDirectory: '/srv/demo' })
    return undefined
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

const bomb = [
  'x-a: &a0 [x, x, x, x, x, x, x, x, x]',
  ...Array.from(
    { length: 9 },
    (_, level) => `x-a${level + 1}: &a${level + 1} [${`*a${level}, `.repeat(9)}]`,
  ),
  'services: {a: {image: x}}',
].join('\n')

const services = 'services: {a: {image: x'
const hostile: Readonly<Record<string, string>> = {
  'an alias bomb': bomb,
  'a bomb of merge keys': bomb
    .replaceAll('[x', '{k: [x')
    .replaceAll(']', ']}')
    .replaceAll(/\[\*/g, '{<<: [*'),
  'deep brackets': `a: ${'['.repeat(40_000)}`,
  'deep closed brackets': `a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`,
  'deep mappings': `a: ${'{a: '.repeat(20_000)}`,
  'deep compact lists': `${'- '.repeat(200_000)}a`,
  'deep indentation': Array.from({ length: 900 }, (_, depth) => `${' '.repeat(depth)}a:`).join(
    '\n',
  ),
  'brackets on lines of their own': '[\n'.repeat(250_000),
  'commas only': `a: [${','.repeat(500_000)}]`,
  'many documents': '---\na: 1\n'.repeat(40_000),
  'documents over a large one': `a: [${'1,'.repeat(20_000)}]\n${'---\na: 1\n'.repeat(8_000)}`,
  'a huge file': `#${'x'.repeat(600_000)}`,
  'ports without end': `${services}, ports: [${Array.from({ length: 9 }, (_, host) => `"10.0.0.${host}:1-65535:1-65535"`)}]}}`,
  'variables that multiply': `${services}, environment: [${'"A=${BIG}${BIG}${BIG}${BIG}${BIG}${BIG}${BIG}${BIG}", '.repeat(200)}]}}`,
  'defaults within defaults': `${services}, user: "${'${A:-'.repeat(500)}x${'}'.repeat(500)}"}}`,
  'an alias as a key': 'x: &k [1]\nservices: {a: {*k : 1}}',
  'a mapping as a key': 'services: {? {a: b} : {image: x}}',
}

describe('hostile input ends soon, as a failure', () => {
  test.each(Object.entries(hostile))('%s', { timeout: 30_000 }, (_name, text) => {
    const begin = process.cpuUsage()
    const failure = read(text, new Map([['BIG', 'x'.repeat(100_000)]]))
    const used = process.cpuUsage(begin)
    expect(failure).toMatchObject({ kind: 'badInput', where: { file: 'c.yml' } })
    expect((used.user + used.system) / 1e6).toBeLessThan(2)
  })
})

test('a large file that is no attack is read', () => {
  const lines = Array.from({ length: 5_000 }, (_, index) => `      V${index}: "\${W${index}:-x}"\n`)
  expect(read(`services:\n  a:\n    image: x\n    environment:\n${lines.join('')}`)).toBeUndefined()
})

test('names of JavaScript are names like others', () => {
  const text =
    'services: {__proto__: {image: x, environment: {__proto__: 1, constructor: "$toString"}}, constructor: {image: y}}'
  const { model } = resolveCompose([{ file: 'c.yml', text }], new Map(), { projectDirectory: '/d' })
  expect([...model.services.keys()]).toEqual(['__proto__', 'constructor'])
  expect(model.services.get('__proto__')?.environment).toEqual(
    new Map([
      ['__proto__', '1'],
      ['constructor', ''],
    ]),
  )
})

test('any mutilation of a file is read or is a failure', () => {
  const text =
    'x: &a\n  b: [1, "2", *c]\nservices:\n  r: &r\n    <<: *a\n    image: "${A:-b}"\n    ports: !override\n      - 1:1\n    command: a \'b\'\n    volumes: [v:/d, {type: bind, target: /x}]\n'
  const piece = fc.constantFrom(
    ...'[]{}:,&*!|>-?"\'%@`#$ \n\t~',
    '<<: ',
    '!reset ',
    '${',
    '- ',
    '\r\n',
    '*a',
    '&a ',
  )
  const place = fc.nat({ max: text.length })
  fc.assert(
    fc.property(
      fc.array(fc.tuple(place, fc.nat({ max: 3 }), piece), { maxLength: 4 }),
      (changes) => {
        const changed = changes.reduce(
          (whole, [at, length, insert]) => whole.slice(0, at) + insert + whole.slice(at + length),
          text,
        )
        read(changed)
      },
    ),
    { numRuns: 500 },
  )
})

test('a volume that is blank for want of a variable names the variable', () => {
  const text = `${services}, volumes: ["\${OURS}:/data"]}}`
  expect(read(text)).toMatchObject({ kind: 'badInput', remedy: 'Set OURS in .env.' })
  expect(read(text, new Map([['OURS', '/srv/ours']]))).toBeUndefined()
  expect(read(`${services}, volumes: ["a::/data"]}}`)?.remedy).toBeUndefined()
})
