import { type Control, notApplicable, verdictOf } from '../control.ts'
import { look } from '../look.ts'

const journal = '.tracecat-harden/journal.json'

export const interruptedRun: Control = {
  meta: {
    id: 'interrupted-run',
    title: 'No run of tracecat-harden was stopped midway',
    severity: 'high',
    area: 'host',
    why: 'A crash between two files leaves some of them new and some old; the journal says which.',
    risk: 'A password in one file and not in the other keeps services from starting; a rule that only one half has does not hold.',
    fix: 'Every command that changes something first finishes or takes back what was interrupted. audit only reports it.',
    reference: 'https://en.wikipedia.org/wiki/Write-ahead_logging',
  },
  inspect({ facts: { interrupted } }) {
    if (interrupted === undefined) return notApplicable('there is no journal')
    const place = { subject: 'the last run', where: { file: journal } }
    if (interrupted === 'damaged') {
      return verdictOf([
        look({ ...place, value: 'a damaged journal' }, 'finished', {
          evidence: 'the journal of an interrupted run is damaged',
          remedy:
            'Compare your files with the newest folder under .tracecat-harden/backups, put back what you need, then remove the journal.',
        }),
      ])
    }
    const { command, started, next, files } = interrupted
    return verdictOf([
      look({ ...place, value: `${command} of ${started}` }, 'finished', {
        evidence: `${command} of ${started} was interrupted while it changed ${files.join(', ')}: what follows may be half old, half new`,
        remedy: `Run tracecat-harden ${command} again: it will ${next === 'finish' ? 'finish' : 'take back'} those changes.`,
      }),
    ])
  },
}
