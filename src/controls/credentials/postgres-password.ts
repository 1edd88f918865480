import { postgres } from '../../servers/postgres.ts'
import { databaseControl } from './database-password.ts'

export const postgresPassword = databaseControl(
  {
    id: 'postgres-password',
    title: 'PostgreSQL has a password of its own',
    severity: 'critical',
    area: 'credentials',
    why: 'The stock install sets user and password of the application database to postgres/postgres.',
    risk: 'Whoever reaches the internal network, such as a script that Tracecat runs, reads and changes every workflow, case and stored credential.',
    fix: 'A new install gets the user tracecat and a random password. Where the volume may hold data, both count only inside the server: rotate changes them there and in the file together.',
    reference: 'https://docs.tracecat.com/self-hosting/security',
  },
  postgres,
)
