import { type Server, whereIs } from '../servers/server.ts'
import { type Case, notApplicable, type Verdict } from './control.ts'

/** The service that a server of this stack is; undefined where it is the admin's own, or there is none. */
export function bundledService({ install }: Case, server: Server): string | undefined {
  const where = whereIs(install, server)
  return where.kind === 'bundled' ? where.service : undefined
}

/** The verdict of a control that is about a server of this stack, which is told its service. */
export function ofBundled(c: Case, server: Server, inspect: (service: string) => Verdict): Verdict {
  const where = whereIs(c.install, server)
  switch (where.kind) {
    case 'bundled':
      return inspect(where.service)
    case 'external':
      return notApplicable(`${server.title} is on ${where.host}: yours, not of this stack`)
    case 'missing':
      return notApplicable(where.why)
  }
}
