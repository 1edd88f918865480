import { temporalPostgres } from '../../servers/postgres.ts'
import { databaseControl } from './database-password.ts'

export const temporalPostgresPassword = databaseControl(
  {
    id: 'temporal-postgres-password',
    title: "Temporal's PostgreSQL has a password of its own",
    severity: 'high',
    area: 'credentials',
    why: "The stock install sets user and password of Temporal's database to temporal/temporal.",
    risk: 'Whoever reaches the database network reads the history of every workflow run, with its inputs and outputs.',
    fix: 'A new install gets a random password. Where the volume may hold data, rotate changes it in the server and in the file together.',
    reference: 'https://docs.tracecat.com/self-hosting/security',
  },
  temporalPostgres,
)
