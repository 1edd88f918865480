import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Failure } from '../../src/failure.ts'
import { accepts, allowAlso, appends, endPassword, turnOnAppends } from '../../src/live/redis.ts'
import { Secret } from '../../src/secrets/secret.ts'
import { type Answer, container, scriptedStack } from './scripted-stack.ts'
import { smallRedis } from './small-redis.ts'

const service = container('redis')
const old = new Secret('the "old" one\\ \' of the ädmin')
const added = new Secret('new-password_0')

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** What comes of it, with all pauses over at once. */
async function atOnce<Value>(promise: Promise<Value>): Promise<Value | Failure> {
  const settled = promise.catch((error: unknown) => {
    if (error instanceof Failure) return error
    throw error
  })
  await vi.runAllTimersAsync()
  return await settled
}

describe('accepts', () => {
  test('yes to a valid password, no to others, and to none', async () => {
    const { stack } = scriptedStack(smallRedis(old.reveal(), added.reveal()).answer)
    expect(await accepts(stack, service, old)).toBe('yes')
    expect(await accepts(stack, service, added)).toBe('yes')
    expect(await accepts(stack, service, new Secret('other'))).toBe('refused')
    expect(await accepts(stack, service, undefined)).toBe('refused')
  })

  test('a Redis that needs no password takes none', async () => {
    const { stack } = scriptedStack(smallRedis().answer)
    expect(await accepts(stack, service, undefined)).toBe('yes')
    expect(await accepts(stack, service, old)).toBe('refused')
  })

  test('no password is in an argument, and the one of the container never stands in', async () => {
    const { stack, calls } = scriptedStack(smallRedis(old.reveal()).answer)
    await accepts(stack, service, old)
    await accepts(stack, service, undefined)
    expect(calls.map(({ env }) => env.REDISCLI_AUTH)).toEqual([old.reveal(), ''])
    for (const { how, command, timeoutMs } of calls) {
      expect({ how, command }).toEqual({ how: 'exec', command: ['redis-cli'] })
      expect(timeoutMs).toBeGreaterThan(0)
    }
  })

  test('any password reaches Redis as it is', async () => {
    const text = fc
      .string({ unit: 'binary', minLength: 1 })
      .filter((one) => !/[\0\ud800-\udfff]/.test(one))
    await fc.assert(
      fc.asyncProperty(text, async (password) => {
        const { stack, calls } = scriptedStack(smallRedis(password).answer)
        expect(await accepts(stack, service, new Secret(password))).toBe('yes')
        expect(calls[0]?.stdin.split('\n')).toHaveLength(3)
      }),
    )
  })

  test.each<[string, ReturnType<Answer>, number]>([
    [
      'is paused',
      { exitCode: 1, stderr: 'Error response from daemon: Container 1f is paused\n' },
      1,
    ],
    ['is silent', { exitCode: undefined, timedOut: true }, 1],
    ['has no redis-cli', { exitCode: 126, stdout: 'exec: "redis-cli": not found\n' }, 1],
    ['loads', { stdout: 'OK\nLOADING Redis is loading the dataset in memory\n\n' }, 5],
    [
      'is not up',
      { stderr: 'Could not connect to Redis at 127.0.0.1:6379: Connection refused\n' },
      5,
    ],
  ])('a Redis that %s is unreachable', async (_, answer, asked) => {
    const { stack, calls } = scriptedStack(() => answer)
    expect(await atOnce(accepts(stack, service, old))).toHaveProperty('unreachable')
    expect(calls).toHaveLength(asked)
  })
})

describe('from one password to the next', () => {
  test('both are valid, then the new one only', async () => {
    const redis = smallRedis(old.reveal())
    const { stack } = scriptedStack(redis.answer)
    await allowAlso(stack, service, old, added)
    expect(redis.passwords).toEqual(new Set([old.reveal(), added.reveal()]))
    await allowAlso(stack, service, old, added)
    await endPassword(stack, service, added, old)
    expect(redis.passwords).toEqual(new Set([added.reveal()]))
    await endPassword(stack, service, added, old)
    expect(redis.passwords).toEqual(new Set([added.reveal()]))
  })

  test('the last password is never ended', async () => {
    const redis = smallRedis(old.reveal())
    const { stack, calls } = scriptedStack(redis.answer)
    await expect(endPassword(stack, service, old, old)).rejects.toThrow('last password')
    expect(calls).toEqual([])
    expect(await atOnce(endPassword(stack, service, added, old))).toBeInstanceOf(Failure)
    expect(redis.passwords).toEqual(new Set([old.reveal()]))
  })

  test('a Redis that everybody may use is not closed by the way', async () => {
    const redis = smallRedis()
    const { stack } = scriptedStack(redis.answer)
    expect(await atOnce(allowAlso(stack, service, old, added))).toMatchObject({
      kind: 'surroundings',
    })
    expect(redis.passwords.size).toBe(0)
    expect(redis.done.filter(([name]) => name === 'ACL')).toEqual([])
  })

  test("Redis' complaint about a password is shown without it", async () => {
    const { answer } = smallRedis(old.reveal())
    const { stack } = scriptedStack((call) =>
      call.stdin.includes('SETUSER')
        ? { stdout: `OK\nERR Error in ACL SETUSER modifier '>it's: this': Syntax error\n\n` }
        : answer(call),
    )
    const failure = await atOnce(allowAlso(stack, service, old, new Secret("it's: this")))
    expect(String(failure)).toContain("modifier '********': Syntax error")
  })
})

describe('the append-only file', () => {
  const whole = { aof_enabled: '1', aof_last_bgrewrite_status: 'ok', aof_last_write_status: 'ok' }
  const redisThat = (...persistence: Readonly<Record<string, string>>[]) => {
    const redis = smallRedis(old.reveal())
    redis.persistence.splice(0, 1, ...persistence)
    return { redis, ...scriptedStack(redis.answer) }
  }

  test.each([
    ['off', { aof_enabled: '0' }],
    ['off', {}],
    ['rewriting', { ...whole, aof_rewrite_in_progress: '1' }],
    ['rewriting', { ...whole, aof_rewrite_scheduled: '1' }],
    ['failing', { ...whole, aof_last_bgrewrite_status: 'err' }],
    ['failing', { ...whole, aof_last_write_status: 'err' }],
    ['on', { ...whole, aof_rewrite_in_progress: '0', aof_rewrite_scheduled: '0' }],
  ])('is %s with %j', async (state, facts) => {
    expect(await appends(redisThat(facts).stack, service, old)).toBe(state)
  })

  test('is turned on, and waited for', async () => {
    const busy = { ...whole, aof_rewrite_in_progress: '1' }
    const { redis, stack } = redisThat(busy, busy, whole)
    expect(await atOnce(turnOnAppends(stack, service, old))).toBeUndefined()
    expect(redis.done).toContainEqual(['CONFIG', 'SET', 'appendonly', 'yes'])
    expect(redis.done.filter(([name]) => name === 'INFO')).toHaveLength(3)
  })

  test('that is not whole in time is a failure', async () => {
    const { stack } = redisThat({ ...whole, aof_last_write_status: 'err' })
    const failure = await atOnce(turnOnAppends(stack, service, old, 1_000))
    expect(failure).toMatchObject({ kind: 'surroundings' })
    expect(String(failure)).toContain('failing')
  })
})
