import { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import { imageTagOf } from '../release/image-tag.ts'
import type { Release } from '../release/release.ts'
import { releaseOf } from '../release/release-of.ts'
import { newestFinal } from '../release/stock-files.ts'

/**
 * `.env`'s image tag, or the default in the Compose file: both are in the resolved image.
 * @param stated what the admin says it is, where the image does not say it
 * @throws Failure('badInput') where the Compose files are not Tracecat's; Failure('surroundings') for a
 *   release that cannot be told or is too old
 */
export function findRelease(install: Install, stated: string | undefined): Release {
  const services = install.compose?.model.services
  const service = services?.get('api') ?? services?.get('worker')
  if (service?.image === undefined) {
    if (install.compose !== undefined) {
      throw new Failure(
        'badInput',
        'The Compose files have no service api: this is no Tracecat install.',
        {
          remedy: "Run in the folder with Tracecat's docker-compose.yml, or name it with --dir.",
        },
      )
    }
    return releaseOf(stated ?? newestFinal)
  }
  const tag = imageTagOf(service.image)
  const where = install.compose?.locate(['services', service.name, 'image'])
  try {
    return releaseOf(tag, where)
  } catch (error) {
    if (stated !== undefined && error instanceof Failure && !/too old/.test(error.message)) {
      return releaseOf(stated)
    }
    throw error
  }
}
