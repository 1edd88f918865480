import { describe, expect, test } from 'vitest'
import type { Finding } from '../../src/controls/control.ts'
import { judge } from '../../src/controls/judge.ts'
import { controls } from '../../src/controls/registry.ts'
import { describeStock, releases } from '../stock.ts'
import { stockCase } from './stock-case.ts'
import { stockRisks, variedRisks } from './stock-risks.ts'

describeStock('the stock install', () => {
  describe.each(releases)('of %s', (release) => {
    test('has every risk of the table, at its line, and no other', () => {
      const c = stockCase(release)
      const { findings } = judge(controls, c)
      const expected = stockRisks.filter((risk) => risk.in(release))
      const lineOf = ({ where }: Finding) =>
        where?.line === undefined
          ? undefined
          : c.install.files.get(where.file)?.text.split('\n')[where.line - 1]
      const missing = expected.filter(
        ({ control, file, line }) =>
          !findings.some(
            (finding) =>
              finding.control.id === control &&
              finding.where?.file === file &&
              (line === undefined
                ? finding.where?.line === undefined
                : line.test(lineOf(finding) ?? '')),
          ),
      )
      expect(missing.map(({ section, control }) => `${section}: ${control}`)).toEqual([])
      const known = new Set(expected.map(({ control }) => control))
      expect(findings.map(({ control }) => control.id).filter((id) => !known.has(id))).toEqual([])
    })

    test.each(variedRisks)('$control, where it is set up so', ({ control, env, evidence }) => {
      const { findings } = judge(controls, stockCase(release, env))
      const texts = findings
        .filter((finding) => finding.control.id === control)
        .map((finding) => finding.evidence)
      const wanted = evidence(release)
      if (wanted === undefined) expect(texts.join('\n')).not.toContain('stops the executor')
      else expect(texts.join('\n')).toContain(wanted)
    })
  })
})
