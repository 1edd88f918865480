import { enter, type Step } from './terminal.ts'

/** Every question of the wizard about an install, with what most would answer. */
export const defaultPath: readonly Step[] = [
  ['? Address:', `tracecat.example.com${enter}`],
  ['? Was it ever started?', `n${enter}`],
  ['? Certificate (TLS):', enter],
  ['? Who writes scripts:', enter],
  ['? Sign-in:', enter],
  ['? E-mail domains', enter],
  ['? E-mail of the first superadmin:', `admin@example.com${enter}`],
  ['? Is everything right?', enter],
  ['? Write this?', `y${enter}`],
]
