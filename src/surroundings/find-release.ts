import { Failure, type Where } from '../failure.ts'
import type { Service } from '../install/compose/model.ts'
import type { Install } from '../install/install.ts'
import { imageTagOf, imageTagVariable } from '../release/image-tag.ts'
import type { Release } from '../release/release.ts'
import { releaseOf } from '../release/release-of.ts'
import { newestFinal } from '../release/tags.ts'
import { isReadableTag } from '../release/version.ts'

/**
 * `.env`'s image tag, or the default in the Compose file: both are in the resolved image. Where the
 * image does not say it (a digest, `latest`), the tag of `.env` alone, or what the admin stated.
 * @param stated what the admin says it is
 * @param remembered asked where nobody says it: `audit` has read the folder's answers before, the others
 *   have `rememberedRelease` look
 * @throws Failure('badInput') where the Compose files are not Tracecat's; Failure('surroundings') for a
 *   release that cannot be told or is too old
 */
export function findRelease(
  install: Install,
  stated: string | undefined,
  remembered: (install: Install) => string | undefined = () => undefined,
): Release {
  const service = tellingService(install)
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
  const named = install.values.get(imageTagVariable)
  const where =
    (named === tag ? whereNamed(install) : undefined) ??
    install.compose?.locate(['services', service.name, 'image'])
  if (isReadableTag(tag)) return releaseOf(tag, where)
  if (named !== undefined && isReadableTag(named)) return releaseOf(named, whereNamed(install))
  return releaseOf(stated ?? remembered(install) ?? tag, where)
}

/** Do the files say the release, so that nobody has to state it? */
export function saysRelease(install: Install): boolean {
  const image = tellingService(install)?.image
  const named = install.values.get(imageTagVariable)
  return [image === undefined ? undefined : imageTagOf(image), named].some(
    (tag) => tag !== undefined && isReadableTag(tag),
  )
}

function tellingService({ compose }: Install): Service | undefined {
  const services = compose?.model.services
  return services?.get('api') ?? services?.get('worker')
}

function whereNamed({ env, envPath }: Install): Where | undefined {
  const assignment = env?.assignments.findLast(({ name }) => name === imageTagVariable)
  return assignment === undefined ? undefined : { file: envPath, line: assignment.line }
}
