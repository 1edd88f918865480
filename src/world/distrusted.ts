import { Failure } from '../failure.ts'
import type { Distrust } from './trust.ts'

/** What stops root: somebody else could change what it is about to rely on. */
export function distrusted({ station, why }: Distrust, install: string): Failure {
  const { path, kind, uid, mode } = station
  const what = kind === 'link' ? `the link ${path}` : path
  const said =
    why === 'owner'
      ? `${what} belongs to user ${uid}`
      : `${what} may be written by ${why === 'group' ? 'its group' : 'everybody'} (mode ${(mode & 0o777).toString(8).padStart(4, '0')})`
  const mend =
    why === 'owner'
      ? `Run it as that user (sudo -u '#${uid}' ...), or make it root's: chown -R root: ${kind === 'link' ? install : path}`
      : `chmod go-w ${path}`
  return new Failure(
    'surroundings',
    `As root, nothing is changed where somebody else could lead it elsewhere: ${said}.`,
    {
      where: { file: path },
      remedy: `Nothing was changed. ${mend}\nTrusted are folders of root and of who called sudo, which nobody else may write.`,
    },
  )
}
