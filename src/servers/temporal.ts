import type { Server } from './server.ts'

/** The workflow engine. The bundled one asks nobody for a key. */
export const temporal: Server = {
  id: 'temporal',
  title: 'Temporal',
  service: 'temporal',
  beside: ['temporal_ui'],
  image: 'auto-setup',
  // It keeps its data in its PostgreSQL.
  data: undefined,
  address({ compose, values }) {
    const name = 'TEMPORAL__CLUSTER_URL'
    const url = compose?.model.services.get('api')?.environment.get(name) ?? values.get(name)
    return url?.split(':')[0] || undefined
  },
}
