import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { answersSchema } from '../../src/answers/schema.ts'
import { validate } from '../../src/answers/validate.ts'

/** Draft 7, which editors know. */
const schema = z.toJSONSchema(answersSchema(), { target: 'draft-07', io: 'input' })

/** After a change of the answers, `vitest run test/answers/json-schema.test.ts -u` writes the file anew. */
it('the published file is what the checks say', async () => {
  await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(
    '../../templates/answers.schema.json',
  )
})

it('describes every key', () => {
  const undescribed: string[] = []
  const look = (part: object, path: string) => {
    for (const [key, below] of Object.entries(Reflect.get(part, 'properties') ?? {})) {
      if (typeof below !== 'object' || below === null) continue
      if (!/^.{10,140}\.$/.test(String(Reflect.get(below, 'description'))))
        undescribed.push(`${path}${key}`)
      look(below, `${path}${key}.`)
      look(Reflect.get(below, 'items') ?? {}, `${path}${key}[].`)
    }
  }
  look(schema, '')
  expect(undescribed).toEqual([])
})

describe('the JSON Schema and our own checks agree on', () => {
  const published = z.fromJSONSchema(JSON.parse(JSON.stringify(schema)))
  it.each<[boolean, unknown]>([
    [true, {}],
    [true, { domain: 'a.example.com', tls: 'internal' }],
    [true, { sso: { type: 'oidc', issuer: 'https://example.okta.com', clientId: 'abc' } }],
    [true, { sso: {} }],
    [true, { accept: [{ control: 'image-pins', reason: 'mirrored' }] }],
    [true, { allowedDomains: ['example.com'], keepPasswords: true }],
    [true, { caBundle: 'Zertifikate/größe 漢字.crt' }],
    [false, []],
    [false, null],
    [false, 'text'],
    [false, { domian: 'a.example.com' }],
    [false, { sso: { clientSecret: 'x' } }],
    [false, { sso: 'oidc' }],
    [false, { tls: 'none' }],
    [false, { tls: null }],
    [false, { keepPasswords: 'yes' }],
    [false, { allowedDomains: 'example.com' }],
    [false, { allowedDomains: [''] }],
    [false, { allowedDomains: Array.from({ length: 65 }, () => 'example.com') }],
    [false, { caBundle: 'a\nb' }],
    [false, { caBundle: 'a\u0000b' }],
    [false, { caBundle: 'x'.repeat(1025) }],
    [false, { accept: [{ control: 'image-pins' }] }],
    [false, { accept: [{ control: 'Image', reason: 'x' }] }],
    [false, { tracecatVersion: 1 }],
  ])('%s for %.60j', (good, data) => {
    expect('answers' in validate(data)).toBe(good)
    expect(published.safeParse(data).success).toBe(good)
  })
})
