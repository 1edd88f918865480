import { expect, test } from 'vitest'
import { resolveCompose } from '../../../src/install/compose/resolve.ts'

const options = { projectDirectory: '/srv/demo' }

test('what points into other files is named with its place, and the rest is read', () => {
  const text = `include:
  - other.yml
  - path: oci://example.com/x
services:
  a:
    image: x
    extends:
      file: common.yml
      service: base
    env_file:
      - a.env
      - path: b.env
        required: false
    label_file: labels
    environment:
      OWN: 1
`
  const { unresolved, model } = resolveCompose([{ file: 'c.yml', text }], new Map(), options)
  expect(unresolved).toEqual([
    { where: { file: 'c.yml', line: 2 }, what: 'include other.yml' },
    { where: { file: 'c.yml', line: 3 }, what: 'include oci://example.com/x' },
    { where: { file: 'c.yml', line: 7 }, what: 'a: extends base' },
    { where: { file: 'c.yml', line: 14 }, what: 'a: label_file' },
    { where: { file: 'c.yml', line: 11 }, what: 'a: env_file a.env' },
    { where: { file: 'c.yml', line: 12 }, what: 'a: env_file b.env' },
  ])
  expect(model.services.get('a')?.environment).toEqual(new Map([['OWN', '1']]))
})

test('a service that no profile starts is named, not modelled', () => {
  const text = 'services: {a: {image: x}, b: {image: y, profiles: [debug]}}'
  const { model } = resolveCompose([{ file: 'c.yml', text }], new Map(), options)
  expect([...model.services.keys()]).toEqual(['a'])
  expect(model.inactiveServices).toEqual(['b'])
})

test('names come from the folder only where nothing sets them', () => {
  const text = 'services: {a: {image: x}}\nvolumes: {data: }'
  const read = (env: ReadonlyMap<string, string>, projectName?: string) =>
    resolveCompose([{ file: 'c.yml', text }], env, {
      projectDirectory: '/srv/My Demo',
      ...(projectName === undefined ? {} : { projectName }),
    }).model
  expect(read(new Map())).toMatchObject({ name: undefined, projectName: 'mydemo' })
  expect(read(new Map()).volumes.get('data')).toEqual({ name: 'mydemo_data' })
  const env = new Map([['COMPOSE_PROJECT_NAME', 'env']])
  expect(read(env)).toMatchObject({ name: 'env', projectName: 'env' })
  expect(read(env, 'given')).toMatchObject({ name: 'given', projectName: 'given' })
})

test('messages show what the file says, never what a variable holds', () => {
  const text = 'services: {a: {image: x, ports: ["${SECRET}:80"]}}'
  const env = new Map([['SECRET', 'hunter2']])
  const read = () => resolveCompose([{ file: 'c.yml', text }], env, options)
  expect(read).toThrowError('${SECRET}:80 is no port')
  expect(read).not.toThrowError('hunter2')
})
