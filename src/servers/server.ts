import type { Mount } from '../install/compose/model.ts'
import type { Install } from '../install/install.ts'
import { serviceAt } from '../install/service-at.ts'
import type { SecretId } from '../secrets/catalogue.ts'
import type { Secret } from '../secrets/secret.ts'

export type ServerId = 'postgres' | 'temporal-postgres' | 'redis' | 'object-storage' | 'temporal'

/** What of an install tells where a server is. */
export type Site = Pick<Install, 'compose' | 'values'>

/** Where an install has a server. Nothing but a bundled one has a service that may be judged or changed. */
export type Where =
  | { readonly kind: 'bundled'; readonly service: string }
  /** The admin's own: `host`, for people, is a host, or the words for what takes its place. */
  | { readonly kind: 'external'; readonly host: string }
  | { readonly kind: 'missing'; readonly why: string }

/** With what the services of the stack sign in. */
export interface Login {
  readonly user: Secret
  /** undefined: the server lets everybody in. */
  readonly password: Secret | undefined
}

/** Where a server keeps its data. */
export interface DataPlace {
  /** In the container: this folder, or one in it. */
  readonly folder: string
  /** The volume's name in Tracecat's Compose files since 0.40.0. */
  readonly volume: string
}

/** One of the servers that Tracecat needs: what does not depend on an install, and where it is in one. */
export interface Server {
  readonly id: ServerId
  /** For people, at the beginning of a sentence. */
  readonly title: string
  /** Its service in Tracecat's Compose files since 0.40.0. */
  readonly service: string
  /** Services that are there for it alone. */
  readonly beside: readonly string[]
  /** The last part of its image's repository. */
  readonly image: string
  readonly data: DataPlace | undefined
  /** The host that the services are told, or words for what takes its place; undefined where they are told none. */
  address(site: Site): string | undefined
}

/** A server that has a password, which a secret of the catalogue is. */
export interface ServerWithLogin extends Server {
  readonly id: LoginServerId
  readonly secret: SecretId
  /** undefined where the files have no login that counts. */
  login(site: Site): Login | undefined
  /** Why this login of a bundled server cannot be renewed. @param value what `.env` has as its password */
  whyNotRenewed?(login: Login, value: string | undefined): string | undefined
  /** Does its container start with its password, so that the files must give it the new one? */
  readonly startsWithPassword: boolean
  /** Does one password let in whoever has it, as whatever user? */
  readonly anyUser: boolean
}

export type LoginServerId = Exclude<ServerId, 'temporal'>

/**
 * Where this install has the server. Without a Compose file, which only happens where nothing but `.env` was
 * read, the stock one is assumed.
 */
export function whereIs(site: Site, server: Server): Where {
  const { service: stock } = server
  const host = server.address(site) ?? stock
  const service = site.compose === undefined && host === stock ? stock : serviceAt(site, host)
  if (service !== undefined) return { kind: 'bundled', service }
  return host.toLowerCase() === stock
    ? { kind: 'missing', why: `no service ${stock} in this stack` }
    : { kind: 'external', host }
}

/** A login to a server of this stack. */
export interface BundledLogin extends Login {
  readonly service: string
}

/** How the stack's services sign in to a server of the stack; undefined where it is elsewhere, or has no login. */
export function bundledLogin(site: Site, server: ServerWithLogin): BundledLogin | undefined {
  const where = whereIs(site, server)
  if (site.compose === undefined || where.kind !== 'bundled') return undefined
  const login = server.login(site)
  return login === undefined ? undefined : { ...login, service: where.service }
}

/** Is this the stock image of the server, whatever its registry? */
export function isImageOf(server: Server, image: string | undefined): boolean {
  return new RegExp(`(?:^|/)${server.image}(?:[:@]|$)`).test(image ?? '')
}

/** What is mounted where the stock service of a server keeps its data. */
export function dataMounts({ compose }: Pick<Site, 'compose'>, server: Server): readonly Mount[] {
  const { data, service } = server
  const mounts = compose?.model.services.get(service)?.mounts ?? []
  return mounts.filter(
    ({ target }) => data !== undefined && `${target}/`.startsWith(`${data.folder}/`),
  )
}
