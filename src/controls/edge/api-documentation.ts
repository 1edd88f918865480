import { type Control, stays } from '../control.ts'
import { edgeVerdict, effectiveEdge, isVerdict, passed, request } from './reading.ts'

export const apiDocumentation: Control = {
  meta: {
    id: 'api-documentation',
    title: 'The API does not describe itself to strangers',
    severity: 'low',
    area: 'edge',
    why: '/api/docs, /api/openapi.json and the routes under /api/internal are served to everybody; the latter check a token.',
    risk: 'Whoever looks for a way in has the list of all routes. It opens none by itself.',
    fix: 'No setting turns it off. A handle with respond 404 for these paths in your Caddyfile, before the others, hides them; programs that read the description stop.',
    reference: 'https://fastapi.tiangolo.com/how-to/conditional-openapi/',
  },
  inspect(c) {
    const edge = effectiveEdge(c)
    if (isVerdict(edge)) return edge
    const reached = passed(c, edge, () => documents.map((path) => request('GET', path)))
    return edgeVerdict(edge, {
      subject: documents.join(' and '),
      expected: 'refused',
      reached,
      wrong: reached.filter(({ service }) => service === 'api'),
      problem: () => ({
        evidence: '/api/docs and /api/openapi.json are public',
        remedy: 'Where nobody needs them from outside, answer them with 404 in the Caddyfile.',
        standing: stays('it tells, but opens nothing; programs may need it, so it is left to you'),
      }),
    })
  },
}

const documents = ['/api/docs', '/api/openapi.json']
