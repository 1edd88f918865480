import { siteAddress } from './address.ts'
import { marked } from './marks.ts'
import type { EdgeModel } from './model.ts'
import type { CarriedPart } from './parts.ts'
import { renderGlobal } from './render-global.ts'
import { renderGuards, renderStore } from './render-guards.ts'
import type { RenderOptions } from './render-options.ts'
import { renderRoute } from './render-routes.ts'
import { isServed, routes } from './routes.ts'
import { allSlots, storeSlot } from './slots.ts'
import { word } from './word.ts'

/**
 * The one Caddyfile of the edge, for Caddy 2.8.4 and later (the oldest that a release with this edge
 * ships). Global options stand first and once; routes of the stock file keep their directives, so
 * that what the admin added is sorted among them by Caddy as it was before: `handle` and
 * `handle_path` by length of path, everything else by Caddy's own order.
 */
export function renderCaddyfile(model: EdgeModel, options: RenderOptions = {}): string {
  const usesSnippets = model.carried.global.some((text) => /^\s*import\s/m.test(text))
  const global = renderGlobal(model, options)
  const definitions = marked(model.carried.definitions, '')
  const blocks = [
    [
      '# Written by tracecat-harden. Add what you like to the site or beside it: the next run keeps it.',
      '# Changed lines of ours are kept too, but then the whole file is yours to maintain.',
    ],
    ...(usesSnippets ? [definitions, global] : [global, definitions]),
    renderSite(model, options),
    marked(model.carried.sites, ''),
  ]
  return `${blocks
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n')}\n`
}

function renderSite(model: EdgeModel, options: RenderOptions): readonly string[] {
  const slots: readonly Slot[] = [
    { sections: [tlsLines(model), ...renderGuards(model)] },
    ...(model.buckets === undefined
      ? []
      : [{ id: storeSlot, sections: renderStore(model.buckets, options) }]),
    ...routes
      .filter(({ upstream }) => isServed(upstream, model.upstreams))
      .map((route) => ({ id: route.id, sections: [renderRoute(route, model, options)] })),
  ]
  const sections = [
    ...slots.flatMap((slot) => [...slot.sections, theirs(model, slots, slot)]),
  ].filter((lines) => lines.length > 0)
  const body = sections.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]))
  return [...addressLines(model), ...body, '}']
}

/** Lines of ours, and the slot that begins behind them. */
interface Slot {
  readonly id?: string
  readonly sections: readonly (readonly string[])[]
}

/** What the admin has in a slot, and in those behind it that this release has not got. */
function theirs({ carried }: EdgeModel, slots: readonly Slot[], { id }: Slot): readonly string[] {
  const rendered = new Set(slots.map((one) => one.id))
  const slotOf = ({ behind }: CarriedPart): string | undefined =>
    allSlots.slice(0, allSlots.indexOf(behind) + 1).findLast((one) => rendered.has(one))
  const texts = carried.site.filter((part) => slotOf(part) === id).map(({ text }) => text)
  return marked(texts, '\t')
}

function addressLines(model: EdgeModel): readonly string[] {
  const line = `${word(siteAddress(model))} {`
  if (model.tls.mode !== 'load-balancer') return [line]
  return [
    '# The load balancer ends TLS and asks for any name (its health checks use our address).',
    line,
  ]
}

function tlsLines({ tls }: EdgeModel): readonly string[] {
  if (tls.mode === 'certificate') return [`\ttls ${word(tls.certificate)} ${word(tls.key)}`]
  if (tls.mode === 'internal')
    return [
      "\t# From Caddy's own authority: clients must trust /data/caddy/pki/authorities/local/root.crt.",
      '\ttls internal',
    ]
  return []
}
