import { platformControl } from './platform-secret.ts'

export const dbEncryptionKey = platformControl({
  id: 'db-encryption-key',
  variable: 'TRACECAT__DB_ENCRYPTION_KEY',
  severity: 'critical',
  title: 'The database encryption key is a real Fernet key',
  why: 'It encrypts every credential that Tracecat stores. The stock value is a placeholder, with which nothing can be stored.',
  risk: 'With a known key, whoever reads the database or a backup reads every stored credential. When it is lost, nobody does.',
  fix: 'A key is made where there is none. A real one is never changed: Tracecat has no way to encrypt again. Keep a copy outside of this host.',
})
