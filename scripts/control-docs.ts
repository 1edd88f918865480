import type { ControlMeta } from '../src/controls/control.ts'
import { controls } from '../src/controls/registry.ts'
import { explanation } from '../src/report/explain.ts'

/** The files of docs/controls by name: one page a control, and README.md that lists them by area. */
function controlDocs(): ReadonlyMap<string, string> {
  const metas = controls.map(({ meta }) => meta).sort((a, b) => (a.id < b.id ? -1 : 1))
  return new Map([
    ['README.md', index(metas)],
    ...metas.map((meta) => [`${meta.id}.md`, explanation(meta)] as const),
  ])
}

function index(metas: readonly ControlMeta[]): string {
  const areas = [...new Set(metas.map(({ area }) => area))].sort()
  return [
    '# Controls',
    '',
    'Every rule that `audit` checks and `init` applies. These pages are generated from the rules',
    '(`npm run docs`); `tracecat-harden explain <control>` prints the same text. How a severity is',
    'chosen: [severity.md](../severity.md).',
    ...areas.flatMap((area) => [
      '',
      `## ${area}`,
      '',
      '| control | severity | what it demands |',
      '| --- | --- | --- |',
      ...metas
        .filter((meta) => meta.area === area)
        .map(
          ({ id, severity, title }) =>
            `| [${id}](${id}.md) | ${severity} | ${title.replaceAll('|', '\\|')} |`,
        ),
    ]),
    '',
  ].join('\n')
}

export const docs = controlDocs()
