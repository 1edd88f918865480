import { platformControl } from './platform-secret.ts'

export const signingSecret = platformControl({
  id: 'signing-secret',
  variable: 'TRACECAT__SIGNING_SECRET',
  severity: 'high',
  title: 'The signing secret is secret',
  why: 'The secret part of every webhook URL is computed from it.',
  risk: 'Whoever knows it computes the URL of any webhook and starts workflows.',
  fix: 'A random secret replaces the placeholder; a real one stays, since every webhook URL would change.',
})
