import type { ComposeModel } from '../../install/compose/model.ts'
import { imageTagOf, imageTagVariable } from '../../release/image-tag.ts'
import { compareTags, isReadableTag } from '../../release/version.ts'
import { type Case, type Control, type Standing, stays, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look, runInit, settingAt } from '../look.ts'
import { baseModel, model, platformServices, variableOf } from '../reading.ts'

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
    const own = imageTagOf(model(c)?.services.get('api')?.image ?? '')
    return verdictOf(
      platformServices(model(c)).map(({ name, image = '' }) =>
        look(
          settingAt(c, name, ['image'], image),
          `Tracecat ${own}`,
          imageTagOf(image) !== own && {
            evidence: `${name} runs ${imageTagOf(image)}, the api ${own}`,
            remedy: c.facts.fresh
              ? runInit
              : `Set ${imageTagVariable}=${c.release.tag} in .env, then docker compose up -d ${name}.`,
            standing: changesNoImage(c),
          },
        ),
      ),
    )
  },
  harden(c) {
    const value = variableOf(c, imageTagVariable)
    const wanted =
      value === c.release.tag ||
      (value === undefined && c.facts.fresh && namesAnother(baseModel(c), c.release.tag))
    return wanted ? [setVariableTo(imageTagVariable, c.release.tag, { keep: true })] : []
  },
}

/** An image that may run is the admin's to change. */
export function changesNoImage({ answers, facts }: Case): Standing | undefined {
  return answers === undefined || facts.fresh
    ? undefined
    : stays('init changes no image of a stack that may have run')
}

/**
 * Does some image default to another release? A service that was forgotten does, and the Compose file
 * that was published with some tags defaults to the tag before.
 */
function namesAnother(from: ComposeModel | undefined, tag: string): boolean {
  const tags = new Set(platformServices(from).map(({ image }) => imageTagOf(image ?? '')))
  return tags.size > 1 || [...tags].some((one) => isReadableTag(one) && compareTags(one, tag) !== 0)
}
