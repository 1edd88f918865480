import { describe, expect, test } from 'vitest'
import { distrustOf, groupsOf, type Trust } from '../../src/world/trust.ts'
import type { Station } from '../../src/world/way.ts'

const trust: Trust = { uids: new Set([0, 1000]), gids: new Set([0, 1000]) }
const station = (over: Partial<Station>): Station => ({
  path: '/srv/tracecat',
  kind: 'folder',
  uid: 0,
  gid: 0,
  mode: 0o755,
  ...over,
})
const top = station({ path: '/' })

describe('a way is relied on where nobody else could change it', () => {
  test.each<readonly [string, Partial<Station>, string | undefined]>([
    ["root's", {}, undefined],
    ['of who called sudo', { uid: 1000, gid: 1000 }, undefined],
    ["somebody else's", { uid: 1001 }, 'owner'],
    ["somebody else's that nobody may write", { uid: 1001, mode: 0o555 }, 'owner'],
    ['that everybody may write', { mode: 0o757 }, 'everybody'],
    ['that a trusted group may write', { gid: 1000, mode: 0o775 }, undefined],
    ['that another group may write', { gid: 100, mode: 0o775 }, 'group'],
    ['that another group owns and may not write', { gid: 100, mode: 0o755 }, undefined],
    ['a link, whose mode means nothing', { kind: 'link', mode: 0o777 }, undefined],
    ["somebody else's link", { kind: 'link', uid: 1001, mode: 0o777 }, 'owner'],
  ])('%s', (_, over, why) => {
    expect(distrustOf([top, station(over)], trust)?.why).toBe(why)
    // On the way it counts as much as at its end.
    expect(distrustOf([top, station(over), station({})], trust)?.why).toBe(why)
  })

  test('a sticky folder of all is no matter above, and is one as the folder itself', () => {
    const sticky = station({ mode: 0o1777 })
    expect(distrustOf([top, sticky, station({})], trust)).toBeUndefined()
    expect(distrustOf([top, sticky], trust)?.why).toBe('everybody')
    expect(distrustOf([top, station({ mode: 0o1777, uid: 1001 }), station({})], trust)?.why).toBe(
      'owner',
    )
  })
})

describe('a group is trusted where every member is', () => {
  const passwd = [
    'root:x:0:0::/root:/bin/sh',
    'ada:x:1000:1000::/home/ada:/bin/sh',
    'bob:x:1001:100::/home/bob:/bin/sh',
  ].join('\n')
  const group = [
    'root:x:0:',
    'ada:x:1000:',
    'users:x:100:',
    'staff:x:50:ada',
    'ops:x:51:ada,bob',
    'broken',
    '',
  ].join('\n')

  test('named or by his own entry', () => {
    expect(groupsOf(new Set([0, 1000]), group, passwd)).toEqual(new Set([0, 1000, 50]))
  })

  test('none where the files tell nothing', () => {
    expect(groupsOf(new Set([0, 1000]), '', passwd)).toEqual(new Set())
  })
})
