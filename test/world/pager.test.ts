import { expect, test } from 'vitest'
import { showInPager } from '../../src/world/pager.ts'

test.each([
  ['cat >/dev/null', true],
  // less, left with Ctrl-C.
  ['cat >/dev/null; exit 2', true],
  ['exit 1', false],
  ['/nonexistent/pager', false],
])('the pager %o showed the plan: %s', async (pager, shown) => {
  expect(await showInPager('text', pager)).toBe(shown)
})
