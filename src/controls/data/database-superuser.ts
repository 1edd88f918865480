import { postgres } from '../../servers/postgres.ts'
import { ofBundled } from '../bundled.ts'
import { type Control, notApplicable, stays, verdictOf } from '../control.ts'
import { look } from '../look.ts'
import { serviceOf, whereVariable } from '../reading.ts'

export const databaseSuperuser: Control = {
  meta: {
    id: 'database-superuser',
    title: 'Tracecat does not own the database server',
    severity: 'low',
    area: 'data',
    why: 'The PostgreSQL image makes its one user a superuser, and Tracecat signs in as that user.',
    risk: "Whoever gets a statement into the application's connection reads files of the database container and runs programs there.",
    fix: "A role that only owns Tracecat's objects is enough for all its migrations, but existing objects must be handed over one by one inside the server: no file does that.",
    reference: 'https://www.postgresql.org/docs/current/role-attributes.html',
  },
  inspect(c) {
    return ofBundled(c, postgres, (service) => {
      const role = postgres.login(c.install)?.user.reveal()
      if (role === undefined) return notApplicable('TRACECAT__DB_URI names no role')
      const isOwner = serviceOf(c, service)?.environment.get('POSTGRES_USER') === role
      const place = { subject: 'the role in TRACECAT__DB_URI', service, value: role }
      return verdictOf([
        look(
          { ...place, where: whereVariable(c, 'TRACECAT__DB_URI') },
          'no superuser',
          isOwner && {
            evidence: 'the application signs in as the superuser of its database server',
            remedy:
              'Make a role without SUPERUSER, hand every object to it, and let TRACECAT__DB_URI name it.',
            standing: stays('a second role exists only inside the server: no file can make it'),
          },
        ),
      ])
    })
  },
}
