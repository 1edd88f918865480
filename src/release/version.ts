/** A tag, taken apart so that comparing two of them is comparing numbers, left to right. */
type Key = readonly number[]

const stages = ['alpha', 'beta', 'rc', 'final']
const endless = Number.MAX_SAFE_INTEGER
const shape =
  /^v?(\d{1,6})\.(\d{1,6})\.(\d{1,6})(?:-(alpha|beta|rc)\.(\d{1,6}))?(?:\.post(\d{1,6}))?(?:-rc\.(\d{1,6}))?(?:@sha256:[0-9a-f]{64})?$/

/**
 * The tag as a key, or undefined where it is none of Tracecat's version tags. Their spellings:
 * `0.53.25`, `1.0.0-beta.51`, `1.0.0-beta.44.post1`, `1.0.0-beta.52-rc.10`. A release candidate
 * comes before what it is a candidate for, a post-release after what it mends. The odd `1.0.0`
 * (2026-04-03) is a beta: it was cut between beta.37 and beta.38.
 */
function keyOf(tag: string): Key | undefined {
  const parts = shape.exec(tag)
  if (parts === null) return undefined
  const [, major, minor, patch, stage = 'final', stageNumber = 0, post = 0, candidate = endless] =
    parts
  const key = [major, minor, patch, stages.indexOf(stage), stageNumber, post, candidate].map(Number)
  const isOddOne = key.join() === [1, 0, 0, stages.indexOf('final'), 0, 0, endless].join()
  return isOddOne ? [1, 0, 0, stages.indexOf('beta'), 37, endless, endless] : key
}

/** Can the tag be placed among Tracecat's releases? A leading `v` and a digest behind it don't matter. */
export function isReadableTag(tag: string): boolean {
  return keyOf(tag) !== undefined
}

/** Is the tag a release candidate? */
export function isCandidate(tag: string): boolean {
  return /-rc\.\d+/.test(tag)
}

/**
 * Negative where `a` is the older tag, positive where it is the newer, 0 where they are equal.
 * @throws RangeError for a tag that `isReadableTag` refuses: a programming error
 */
export function compareTags(a: string, b: string): number {
  return compareKeys(readableKey(a), readableKey(b))
}

/** Is the tag in `first` to `last`, both included? The post-releases of `last` belong to it. */
export function isWithin(tag: string, first: string, last: string | undefined): boolean {
  if (compareTags(tag, first) < 0) return false
  if (last === undefined) return true
  const end = isCandidate(last) ? readableKey(last) : readableKey(last).with(5, endless)
  return compareKeys(readableKey(tag), end) <= 0
}

function compareKeys(a: Key, b: Key): number {
  for (const [position, number] of a.entries()) {
    const difference = number - (b[position] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}

function readableKey(tag: string): Key {
  const key = keyOf(tag)
  if (key === undefined) throw new RangeError(`not a Tracecat version: ${tag}`)
  return key
}
