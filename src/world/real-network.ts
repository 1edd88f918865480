import { networkInterfaces } from 'node:os'
import { load } from './loading.ts'
import type { Network } from './network.ts'

/**
 * The network, through the proxy that `env` names (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`).
 * What it takes is loaded when it is used: Node's own https needs as long as a short program.
 */
export function realNetwork(env: Readonly<Record<string, string | undefined>>): Network {
  return {
    async download(url, limits) {
      const { download } = await load(() => import('./http.ts'))
      return await download(env, url, limits)
    },
    async get(url, options) {
      const { get } = await load(() => import('./probes.ts'))
      return await get(env, url, options)
    },
    async lookup(name, timeoutMs) {
      const { lookup } = await load(() => import('./probes.ts'))
      return await lookup(name, timeoutMs)
    },
    async connect(host, port, timeoutMs) {
      const { connect } = await load(() => import('./probes.ts'))
      return await connect(host, port, timeoutMs)
    },
    ownAddresses() {
      const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
      return all.map(({ address }) => address)
    },
  }
}
