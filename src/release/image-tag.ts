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

/**
 * The tag that a Compose file gives to TRACECAT__IMAGE_TAG where nobody set it: that of the release that
 * the file was made for, whatever runs. undefined where it gives none.
 * @param text of the Compose file, before substitution
 */
export function defaultTagIn(text: string): string | undefined {
  return new RegExp(`\\$\\{${imageTagVariable}:?-([\\w.-]+)\\}`).exec(text)?.[1]
}
