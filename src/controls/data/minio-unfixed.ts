import { objectStorage } from '../../servers/object-storage.ts'
import { isImageOf } from '../../servers/server.ts'
import { type Control, notApplicable, stays, verdictOf } from '../control.ts'
import { look, settingAt } from '../look.ts'
import { serviceOf } from '../reading.ts'

export const minioUnfixed: Control = {
  meta: {
    id: 'minio-unfixed',
    title: 'MinIO has no known hole',
    severity: 'high',
    area: 'data',
    why: 'The image is the last that MinIO published; CVE-2026-40344, CVE-2026-41145 and CVE-2025-62506 are not fixed in it, and no free version fixes them.',
    risk: 'Whoever reaches MinIO inside the stack and knows an access key writes objects without its secret; the executor runs registry artifacts from there.',
    fix: 'What files can do is done elsewhere: a random access key (minio-credentials), and nothing but signed downloads from outside (minio-route). Storage of a provider (S3) ends it.',
    reference: 'https://github.com/minio/minio/security/advisories',
  },
  inspect(c) {
    const { service } = objectStorage
    const image = serviceOf(c, service)?.image
    if (image === undefined || !isImageOf(objectStorage, image))
      return notApplicable(`no service ${service} with the stock image`)
    const stamp = /RELEASE\.(\d{4}-\d{2}-\d{2})/.exec(image)?.[1]
    if (stamp !== undefined && stamp < firstAffected)
      return notApplicable(`${image} is older than the holes`)
    return verdictOf([
      look(settingAt(c, service, ['image'], image), 'an image without known holes', {
        evidence: `${image} has holes that no published version fixes`,
        remedy:
          'Move blob storage to S3 or to a store that is maintained; until then keep minio-route and minio-credentials as they are.',
        standing: stays(
          'no published image fixes them; from outside they are not reachable behind minio-route',
        ),
      }),
    ])
  },
}

/** CVE-2026-40344 and CVE-2026-41145 came with this release. */
const firstAffected = '2023-05-18'
