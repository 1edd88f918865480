import { describe, expect, test } from 'vitest'
import { Failure } from '../../../src/failure.ts'
import { parseEnvFile } from '../../../src/install/env-file/parse.ts'
import { lastingValues, type Shell } from '../../../src/install/env-file/resolve.ts'
import { changeValues } from '../../../src/plan/env/change-values.ts'
import { hashOf, type WrittenRecord } from '../../../src/plan/record.ts'
import { Secret } from '../../../src/secrets/secret.ts'

const password = 'TRACECAT__POSTGRES_PASSWORD'

interface Given {
  readonly values?: Readonly<Record<string, string>>
  readonly record?: WrittenRecord
  readonly shell?: Shell
}

function changed(text: string, { values = { [password]: 'new' }, record, shell }: Given = {}) {
  const secrets = new Map(Object.entries(values).map(([name, value]) => [name, new Secret(value)]))
  return changeValues(parseEnvFile(text, '.env'), secrets, record ?? new Map(), shell ?? {})
}

const textAfter = (text: string, given?: Given) => changed(text, given).env.text

const databaseUri = (login: string, rest = 'postgres_db:5432/postgres') =>
  `TRACECAT__DB_URI=postgresql+psycopg://${login}@${rest}\n`

describe('a value', () => {
  test.each([
    ['plain', `${password}=old\n`, `${password}=new\n`],
    ['in single quotes', `${password}='old'\n`, `${password}=new\n`],
    ['in double quotes', `${password}="o\\"ld"\n`, `${password}=new\n`],
    ['in quotes over two lines', `${password}="o\nld"\nA=1\n`, `${password}=new\nA=1\n`],
    ['exported', `export ${password}=old\n`, `export ${password}=new\n`],
    ['indented, with a comment', `  ${password}=old # why\n`, `  ${password}=new # why\n`],
    ['empty', `${password}=\nA=1\n`, `${password}=new\nA=1\n`],
    ['a bare name', `${password}\nA=1\n`, `${password}=new\nA=1\n`],
    ['twice', `${password}=a\nA=1\n${password}=old\n`, `${password}=new\nA=1\n`],
    ['not there', 'A=1\n', `A=1\n${password}=new\n`],
    ['at the end without a line break', `A=1\n${password}=old`, `A=1\n${password}=new`],
    ['with CRLF', `A=1\r\n${password}=old\r\nB=2\r\n`, `A=1\r\n${password}=new\r\nB=2\r\n`],
    ['behind a byte order mark', `\ufeff${password}=old\n`, `\ufeff${password}=new\n`],
    ['of unicode', `${password}=pässwörd✓\n`, `${password}=new\n`],
    ['with a reference', `A=x\n${password}=\${A}y\n`, `A=x\n${password}=new\n`],
    ['of `=` and `#`', `${password}=a=b#c\n`, `${password}=new\n`],
  ])('%s', (_, before, after) => {
    expect(textAfter(before)).toBe(after)
  })

  test('everything else stays byte for byte', () => {
    const rest = '# a comment\n\nUNKNOWN = "a \\"b\\" $$c" # d\nexport X=\'1\'\n\n\nLAST=${UNKNOWN}'
    expect(textAfter(`${password}=old\n${rest}`)).toBe(`${password}=new\n${rest}`)
  })

  test('several at once', () => {
    const values = { MINIO_ROOT_USER: 'u', MINIO_ROOT_PASSWORD: 'p' }
    const text = 'MINIO_ROOT_USER=minio\nA=1\nMINIO_ROOT_PASSWORD=password\n'
    expect(textAfter(text, { values })).toBe('MINIO_ROOT_USER=u\nA=1\nMINIO_ROOT_PASSWORD=p\n')
  })

  test('a variable of the shell changes nothing', () => {
    const shell = { [password]: 'of the shell' }
    expect(textAfter(`${password}=old\n${databaseUri('u:old')}`, { shell })).toBe(
      `${password}=new\n${databaseUri('u:new')}`,
    )
  })
})

describe('the URI', () => {
  const byReference = `TRACECAT__POSTGRES_USER=postgres\n${password}=old\n${databaseUri(`\${TRACECAT__POSTGRES_USER}:\${${password}}`)}`

  test('that refers to the password stays as it is written, and follows', () => {
    const { env } = changed(byReference)
    expect(env.text).toBe(byReference.replace('=old', '=new'))
    expect(lastingValues(env, {}).get('TRACECAT__DB_URI')).toContain('://postgres:new@')
  })

  test('with the password in it gets the new one', () => {
    const text = `${password}=old\n${databaseUri('postgres:old')}`
    expect(textAfter(text)).toBe(`${password}=new\n${databaseUri('postgres:new')}`)
  })

  test('with a password that had to be encoded', () => {
    const text = `${password}='o@l/d %'\n${databaseUri('postgres:o%40l%2Fd%20%25')}`
    expect(textAfter(text)).toBe(`${password}=new\n${databaseUri('postgres:new')}`)
  })

  test('keeps the rest of it, query and all', () => {
    const rest = 'postgres_db:5432/postgres?sslmode=disable&application_name=x%20y'
    const text = `${password}=old\n${databaseUri('postgres:old', rest)}`
    const uri = databaseUri('postgres:new', rest).trim().replace('TRACECAT__DB_URI=', '')
    expect(lastingValues(changed(text).env, {}).get('TRACECAT__DB_URI')).toBe(uri)
  })

  test.each([
    ['written', `app:old`, `app:new`],
    ['beside a reference to the password', `app:\${${password}}`, `app:\${${password}}`],
    ['encoded', `my%2Dapp:\${${password}}`, `my%2Dapp:\${${password}}`],
  ])('keeps a user of its own: %s', (_, login, after) => {
    const head = (value: string) => `TRACECAT__POSTGRES_USER=postgres\n${password}=${value}\n`
    expect(textAfter(head('old') + databaseUri(login))).toBe(head('new') + databaseUri(after))
  })

  test('with another password than the variable is not ours to change', () => {
    const external = databaseUri('app:their-own', 'db.example.com/tracecat')
    expect(textAfter(`${password}=old\n${external}`)).toBe(`${password}=new\n${external}`)
  })

  test('of Redis, too', () => {
    const values = { REDIS_PASSWORD: 'new' }
    const text = 'REDIS_PASSWORD=old\nREDIS_URL=redis://:old@redis:6379\n'
    expect(textAfter(text, { values })).toBe(
      'REDIS_PASSWORD=new\nREDIS_URL=redis://:new@redis:6379\n',
    )
  })
})

describe('the record of what we wrote', () => {
  const place = (raw: string) => ({ hash: hashOf(raw), before: { kind: 'secret' } as const })

  test('knows the new values for ours, so that a following init sees no drift', () => {
    const record = new Map([
      [`env:${password}`, place('old')],
      ['env:TRACECAT__DB_URI', place('postgresql://u:old@postgres_db/d')],
      ['env:LOG_LEVEL', place('INFO')],
      [`file:${password}`, place('old')],
    ])
    const text = `LOG_LEVEL=DEBUG\n${password}=old\nTRACECAT__DB_URI=postgresql://u:old@postgres_db/d\n`
    expect(Object.fromEntries(changed(text, { record }).record)).toEqual({
      [`env:${password}`]: place('new'),
      'env:TRACECAT__DB_URI': place('postgresql://u:new@postgres_db/d'),
      // Changed by the admin: still drift.
      'env:LOG_LEVEL': place('INFO'),
      [`file:${password}`]: place('old'),
    })
  })

  test('does not take over what was not ours', () => {
    expect([...changed(`${password}=old\n`).record]).toEqual([])
  })
})

describe('is refused where more would change', () => {
  test.each([
    ['a reference above it', `${password}=a\nUSE=\${${password}}\n${password}=old\n`, /^USE would/],
    ['an alternative', `${password}=\nUSE=\${${password}:-none}\n`, /^USE would/],
  ])('%s', (_, text, message) => {
    expect(() => changed(text)).toThrow(Failure)
    expect(() => changed(text)).toThrow(message)
  })

  test('what holds the old value follows', () => {
    const text = `${password}=old\nCOPY=x-\${${password}}-y\n`
    expect(lastingValues(changed(text).env, {}).get('COPY')).toBe('x-new-y')
  })
})
