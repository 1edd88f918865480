import { imageTagOf } from '../../release/image-tag.ts'
import { type Control, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { baseModel, model, platformServices, variableOf, whereService } from '../reading.ts'

const variable = 'TRACECAT__IMAGE_TAG'

export const imageAgreement: Control = {
  meta: {
    id: 'image-agreement',
    title: 'All services run the same release of Tracecat',
    severity: 'medium',
    area: 'data',
    why: 'Without TRACECAT__IMAGE_TAG each service has the default of its own line in the Compose file; in some releases one of them names an older release.',
    risk: 'The older service lacks the fixes of the newer one, and reads data that the newer one has changed.',
    fix: 'A new install gets TRACECAT__IMAGE_TAG. On a stack that has run the tag is yours to set: it changes an image.',
    reference: 'https://docs.tracecat.com/self-hosting/updating',
  },
  inspect(c) {
    const others = platformServices(model(c)).filter(
      ({ image }) => imageTagOf(image ?? '') !== releaseTag(c.release.tag, image ?? ''),
    )
    return verdictOf(
      others.map(({ name, image }) => ({
        where: whereService(c, name, 'image'),
        service: name,
        evidence: `${name} runs ${imageTagOf(image ?? '')}, the api ${c.release.tag}`,
        remedy: c.facts.fresh
          ? 'Run tracecat-harden init.'
          : `Set ${variable}=${c.release.tag} in .env, then docker compose up -d ${name}.`,
        ...(c.answers === undefined || c.facts.fresh
          ? {}
          : { accepted: 'init changes no image of a stack that may have run' }),
      })),
    )
  },
  harden(c) {
    const value = variableOf(c, variable)
    const tags = new Set(platformServices(baseModel(c)).map(({ image }) => imageTagOf(image ?? '')))
    const wanted =
      value === c.release.tag || (value === undefined && c.facts.fresh && tags.size > 1)
    return wanted ? [setVariableTo(variable, c.release.tag, { keep: true })] : []
  },
}

/** The release's tag as this image would write it: some put a v in front. */
function releaseTag(tag: string, image: string): string {
  return imageTagOf(image).startsWith('v') ? `v${tag}` : tag
}
