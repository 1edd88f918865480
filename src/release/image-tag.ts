/** The variable of `.env` from which the images of Tracecat's own services take their tag. */
export const imageTagVariable = 'TRACECAT__IMAGE_TAG'

/**
 * The tag of an image reference after substitution: TRACECAT__IMAGE_TAG of `.env`, or else the
 * default in the Compose file, stands in it already. The registry may be a mirror with a port and
 * any path. A digest behind a tag is left out; a reference with a digest alone gives the digest; one
 * with neither means `latest`, as Docker reads it. Whether the tag is a version, `releaseOf` says.
 */
export function imageTagOf(image: string): string {
  const [name = '', digest] = image.trim().split('@')
  const lastPart = name.slice(name.lastIndexOf('/') + 1)
  const colon = lastPart.indexOf(':')
  if (colon !== -1) return lastPart.slice(colon + 1)
  return digest ?? 'latest'
}
