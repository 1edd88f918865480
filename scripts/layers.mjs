/**
 * What the table of docs/architecture.md says about a folder of src/, or about cli.ts. Rows count from the
 * top; imports go to greater numbers.
 * @typedef {{ readonly row: number, readonly pure: boolean }} Layer
 */

/**
 * Reads the table of layers: rows such as "| `surroundings/`, `live/` | asking the world | no |".
 * @param {string} document
 * @returns {ReadonlyMap<string, Layer>}
 */
export function readLayers(document) {
  /** @type {Map<string, Layer>} */
  const layers = new Map()
  let row = 0
  for (const [, names, pure] of document.matchAll(/^\| (`[^|]+) \| [^|]+ \| (yes|no) \|$/gm)) {
    row += 1
    for (const [, name] of (names ?? '').matchAll(/`([\w-]+)(?:\/|\.ts)`/g)) {
      if (name) layers.set(name, { row, pure: pure === 'yes' })
    }
  }
  return layers
}

/**
 * `src/controls/data/redis.ts` is in `controls`, `src/failure.ts` is `failure` itself.
 * @param {string} path
 */
export function folderOf(path) {
  return (path.split('/')[1] ?? '').replace(/(\.d)?\.ts$/, '')
}
