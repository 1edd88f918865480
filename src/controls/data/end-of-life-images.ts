import { imageTagOf } from '../../release/image-tag.ts'
import { postgres } from '../../servers/postgres.ts'
import { isImageOf } from '../../servers/server.ts'
import { type Control, stays, verdictOf } from '../control.ts'
import { look, settingAt } from '../look.ts'
import { model } from '../reading.ts'

/** Major versions that get no patches any more, with the month of the last one. */
const ended: Readonly<Record<string, string>> = {
  '9': '2021-11',
  '10': '2022-11',
  '11': '2023-11',
  '12': '2024-11',
  '13': '2025-11',
}

export const endOfLifeImages: Control = {
  meta: {
    id: 'end-of-life-images',
    title: 'Databases still get patches',
    severity: 'medium',
    area: 'data',
    why: 'The stock Temporal database is PostgreSQL 13, whose last patch was in November 2025.',
    risk: 'A hole that is found from now on stays open for whoever reaches the database network.',
    fix: "A new major version cannot read the old one's data folder: it takes a dump with the old and a restore with the new one. init never changes it.",
    reference: 'https://www.postgresql.org/support/versioning/',
  },
  inspect(c) {
    const databases = [...(model(c)?.services.values() ?? [])].filter(({ image }) =>
      isImageOf(postgres, image),
    )
    return verdictOf(
      databases.map(({ name, image = '' }) => {
        const since = ended[/^\d+/.exec(imageTagOf(image))?.[0] ?? '']
        return look(
          settingAt(c, name, ['image'], image),
          'a version that gets patches',
          since !== undefined && {
            evidence: `${image} gets no patches since ${since}`,
            remedy:
              'Move the data with pg_dumpall from the old to a new version, in a maintenance window, after a backup.',
            standing: stays(
              'a new major version cannot read the data of the old one: no file can change it',
            ),
          },
        )
      }),
      'no service with an image of PostgreSQL in this stack',
    )
  },
}
