import { expect, it } from 'vitest'
import { generateKeyring, parseKeyring, renderKeyring } from '../../src/secrets/keyring.ts'

it('what is generated is rendered in one line and read back', () => {
  const keyring = generateKeyring()
  const text = renderKeyring(keyring).reveal()
  expect(text).toMatch(/^\{"current_key_id":"v1","keys":\{"v1":"[A-Za-z0-9_-]{43}"\}\}$/)
  const read = parseKeyring(text)
  expect(read?.current).toBe('v1')
  expect(read?.keys.get('v1')?.reveal()).toBe(keyring.keys.get('v1')?.reveal())
})

it('keeps every key of a keyring that has several', () => {
  const read = parseKeyring('{"current_key_id":"b","keys":{"a":"one","b":"two"}}')
  expect([...(read?.keys.keys() ?? [])]).toEqual(['a', 'b'])
  if (read !== undefined)
    expect(renderKeyring(read).reveal()).toBe('{"current_key_id":"b","keys":{"a":"one","b":"two"}}')
})
