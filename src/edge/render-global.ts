import { marked } from './marks.ts'
import type { EdgeModel } from './model.ts'
import type { RenderOptions } from './render-options.ts'
import { word } from './word.ts'

/** The global options: one block, or none where there is nothing to say. */
export function renderGlobal(model: EdgeModel, options: RenderOptions): readonly string[] {
  const { tls, carried } = model
  const lines = [
    ...(options.httpPort === undefined ? [] : [`\thttp_port ${options.httpPort}`]),
    ...(options.httpsPort === undefined ? [] : [`\thttps_port ${options.httpsPort}`]),
    ...(tls.mode === 'automatic' && tls.acmeEmail !== undefined
      ? [
          '\t# The certificate authority writes here when something is wrong.',
          `\temail ${word(tls.acmeEmail)}`,
        ]
      : []),
    ...(tls.mode === 'internal'
      ? [
          '\t# Nothing inside the container needs to trust our own authority.',
          '\tskip_install_trust',
        ]
      : []),
    ...serversLines(model),
    ...marked(carried.global, '\t'),
  ]
  return lines.length === 0 ? [] : ['{', ...lines, '}']
}

function serversLines({ trustedProxies, carried }: EdgeModel): readonly string[] {
  const ours =
    trustedProxies.length === 0
      ? []
      : [
          '\t\t# Only these proxies are believed when they say who the client is. Read from the right:',
          '\t\t# what a client put into X-Forwarded-For itself stands further left.',
          `\t\ttrusted_proxies static ${trustedProxies.map(word).join(' ')}`,
          '\t\ttrusted_proxies_strict',
        ]
  const theirs = marked(carried.servers, '\t\t')
  if (ours.length === 0 && theirs.length === 0) return []
  return ['\tservers {', ...ours, ...theirs, '\t}']
}
