import { isDeepStrictEqual } from 'node:util'
import type { Json, Port, Service } from '../install/compose/model.ts'

/** Whether a resolved service shows what an edit wanted of one of its keys. */
interface Place {
  /** @param inner the name below the key, of a variable of `environment` */
  readonly set?: (service: Service, value: Json, inner: string) => boolean
  readonly add?: (service: Service, item: string) => boolean
}

const value = (read: (service: Service, inner: string) => unknown) => ({
  set: (service: Service, wanted: Json, inner: string) =>
    isDeepStrictEqual(read(service, inner), wanted),
})

/** @param whole the items as a list that replaces another one has them, where that is not as one more is written */
const list = (
  items: (service: Service) => readonly string[],
  whole: (service: Service) => readonly string[] = items,
) => ({
  set: (service: Service, wanted: Json) =>
    Array.isArray(wanted) && wanted.every((item) => whole(service).includes(String(item))),
  add: (service: Service, item: string) => items(service).includes(item),
})

/**
 * The places of a service that an edit can write, each with how it is read back from the resolved model before
 * anything is written: an edit of any other place does not compile.
 */
export const servicePlaces = {
  environment: value(({ environment }, name) => environment.get(name)),
  command: value(({ command }) => command),
  healthcheck: value(({ healthcheckTest }) => healthcheckTest),
  privileged: value(({ privileged }) => privileged),
  restart: value(({ restart }) => restart),
  logging: value(({ logging }) => logging),
  cap_add: list(({ capAdd }) => capAdd),
  cap_drop: list(({ capDrop }) => capDrop),
  security_opt: list(({ securityOpt }) => securityOpt),
  devices: list(({ devices }) => devices),
  ports: list(
    ({ ports }) => ports.map(added),
    ({ ports }) => ports.map(bound),
  ),
  volumes: {
    add: ({ mounts }: Service, item: string) =>
      mounts.some(({ target }) => target === item.split(':')[1]),
  },
  configs: list(({ configs }) => configs.map(({ source }) => source)),
} satisfies Readonly<Record<string, Place>>

type Places = typeof servicePlaces

/** Keys whose value an edit can set. */
export type SetKey = {
  [K in keyof Places]: Places[K] extends { set: unknown } ? K : never
}[keyof Places]

/** Lists that an edit can add an item to. */
export type ListKey = {
  [K in keyof Places]: Places[K] extends { add: unknown } ? K : never
}[keyof Places]

/** How the key of a service is read back; undefined for one that no edit writes. */
export function servicePlace(key: string): Place | undefined {
  return new Map<string, Place>(Object.entries(servicePlaces)).get(key)
}

function added({ published, target, protocol }: Port): string {
  return `${published}:${target}${protocol === 'udp' ? '/udp' : ''}`
}

function bound({ hostIp, published, target }: Port): string {
  return `${hostIp ?? ''}:${published ?? ''}:${target}`
}
