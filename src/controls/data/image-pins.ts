import type { Service } from '../../install/compose/model.ts'
import { imageTagOf } from '../../release/image-tag.ts'
import { type Control, stays, verdictOf } from '../control.ts'
import { look, type Problem, settingAt } from '../look.ts'
import { model } from '../reading.ts'

export const imagePins: Control = {
  meta: {
    id: 'image-pins',
    title: 'Images are the ones that were tried',
    severity: 'low',
    area: 'data',
    why: 'postgres:16 and redis:7-alpine name a series, not an image: what a pull brings changes under the same name.',
    risk: "Whoever gets an image published under that tag runs code in the database's place.",
    fix: 'A full version or a digest makes every pull the same, and ends the patches that a floating tag brings: it pays where somebody raises it regularly. init leaves the tags of the release as they are; latest of your own services you replace.',
    reference: 'https://docs.docker.com/build/building/best-practices/#pin-base-image-versions',
  },
  inspect(c) {
    const services = [...(model(c)?.services.values() ?? [])].filter(
      ({ name, image }) => name !== 'temporal_ui' && image !== undefined,
    )
    return verdictOf(
      services.map((service) => {
        const problem = problemOf(service)
        return look(
          settingAt(c, service.name, ['image'], service.image),
          'a full version or a digest',
          problem && {
            remedy: 'Name a full version or a digest, and raise it when a patch appears.',
            ...problem,
          },
        )
      }),
    )
  },
}

function problemOf(service: Service): Problem | undefined {
  const kind = floats(service)
  if (kind === 'latest')
    return { evidence: `${service.image}: whatever was published last`, severity: 'medium' }
  if (kind === undefined) return undefined
  return {
    evidence: `${service.image}: floats within a series`,
    standing: stays('within its series a floating tag brings patches, which a pin would end'),
  }
}

/** A tag without a second number names a series; a digest names one image. */
function floats({ image }: Service): 'latest' | 'series' | undefined {
  if (image === undefined || image.includes('@sha256:')) return undefined
  const tag = imageTagOf(image)
  if (tag === 'latest') return 'latest'
  return /^v?\d+(?:-[a-z]+\d*)?$/i.test(tag) ? 'series' : undefined
}
