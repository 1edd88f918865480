import { describe, expect, test } from 'vitest'
import type { Control } from '../../src/controls/control.ts'
import { controls } from '../../src/controls/registry.ts'
import { caseOf, hardened, look, placeOf } from './case.ts'
import { type Row, rows } from './rows.ts'

function controlOf(id: string): Control {
  const found = controls.find(({ meta }) => meta.id === id)
  if (found === undefined) throw new Error(`there is no control ${id}`)
  return found
}

describe.each(rows)('$id: $evidence', ({ id, fires, evidence, at, quiet, after }: Row) => {
  const control = controlOf(id)
  const shows = (text: string) => text.includes(evidence)

  test('fires, at the right place', () => {
    const c = caseOf(fires)
    const { open, stays, accepted } = look(control, c)
    const found = [...open, ...stays, ...accepted].find((finding) => shows(finding.evidence))
    expect(found?.evidence).toContain(evidence)
    expect(found && placeOf(c, found)).toBe(at)
  })

  test('does not fire where it is right', () => {
    const { open, stays, accepted } = look(control, caseOf(quiet))
    expect(
      [...open, ...stays, ...accepted].map((finding) => finding.evidence).filter(shows),
    ).toEqual([])
  })

  test(`after init: ${after}`, () => {
    const { open, stays, accepted } = look(control, hardened(fires))
    const texts = (findings: typeof open) => findings.map((finding) => finding.evidence)
    if (after === 'mended') expect(texts(open)).toEqual([])
    if (after === 'left') expect(texts(open).some(shows)).toBe(true)
    if (after === 'stays' || after === 'accepted') {
      const kept = after === 'stays' ? stays : accepted
      expect(texts(open)).toEqual([])
      expect(kept.every(({ standing }) => (standing?.reason ?? '').length > 10)).toBe(true)
      expect(kept.length).toBeGreaterThan(0)
    } else expect(texts([...stays, ...accepted]).filter(shows)).toEqual([])
  })
})

/** It never decides, so that it has no findings. */
const undecided = 'database-settings'

test('what only the database knows is said to be undecided', () => {
  const control = controlOf(undecided)
  const types = { TRACECAT__AUTH_TYPES: 'saml' }
  expect(control.inspect(caseOf({ env: types })).kind).toBe('skipped')
  expect(control.inspect(caseOf({ env: types, release: '0.53.25' }))).toMatchObject({
    kind: 'skipped',
    why: expect.stringContaining('SAML_IDP_METADATA_URL'),
  })
  expect(control.inspect(caseOf()).kind).toBe('not-applicable')
})

test('every control has a row', () => {
  const ids = controls.map(({ meta }) => meta.id).filter((id) => id !== undecided)
  expect(ids.filter((id) => !rows.some((row) => row.id === id))).toEqual([])
})

test('every control says what it is about, in plain text', () => {
  expect(new Set(controls.map(({ meta }) => meta.id)).size).toBe(controls.length)
  for (const { meta } of controls) {
    expect(meta.id).toMatch(/^[a-z]+(?:-[a-z]+)*$/)
    for (const text of [meta.why, meta.risk, meta.fix]) expect(text).toMatch(/[.]$/)
    expect(meta.title).not.toMatch(/[.]$/)
    expect(meta.reference).toMatch(/^https:\/\//)
    // As `npm run new-control` leaves it.
    for (const text of Object.values(meta)) expect(text).not.toMatch(/fill[ -]in\b/i)
  }
})
