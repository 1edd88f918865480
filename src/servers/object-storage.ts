import { catalogue } from '../secrets/catalogue.ts'
import { Secret } from '../secrets/secret.ts'
import { type ServerWithLogin, whereIs } from './server.ts'

const service = 'minio'
const { user, variables } = catalogue.minio

/** MinIO, where the stack has it; its root user is what services sign in with. */
export const objectStorage: ServerWithLogin = {
  id: 'object-storage',
  title: 'Object storage',
  service,
  beside: [],
  image: 'minio',
  data: { folder: '/data', volume: 'minio-data' },
  secret: 'minio',
  anyUser: false,
  startsWithPassword: false,
  /** What the api is told: `http://minio:9000` in the stock file, blank where boto3 is to find S3 by itself. */
  address({ compose }) {
    const endpoint = compose?.model.services
      .get('api')
      ?.environment.get('TRACECAT__BLOB_STORAGE_ENDPOINT')
    if (endpoint === undefined || endpoint === null) return undefined
    return /^[a-z]+:\/\/([^:/]+)/i.exec(endpoint)?.[1] ?? 'Amazon S3'
  },
  /** What MinIO is started with; the keys to another store are its own. */
  login(site) {
    if (whereIs(site, objectStorage).kind !== 'bundled') return undefined
    const environment = site.compose?.model.services.get(service)?.environment
    const name = environment?.get(user?.variable ?? '')
    const password = environment?.get(variables[0])
    return name && password ? { user: new Secret(name), password: new Secret(password) } : undefined
  },
}
