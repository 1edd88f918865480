const powers: Readonly<Record<string, number>> = { '': 0, b: 0, k: 1, m: 2, g: 3, t: 4, p: 5 }

/**
 * Bytes of a size as Compose writes it: `128mb`, `1.5 GiB`, `64M`, `1024`; units count in 1024s.
 * undefined where it is no size. Measured with Compose 2.40.
 */
export function bytes(text: string): number | undefined {
  const found = /^([0-9]+(?:\.[0-9]*)?|\.[0-9]+) ?(?:([kmgtp])(?:i?b)?|b)?$/i.exec(text)
  const power = powers[found?.[2]?.toLowerCase() ?? '']
  if (found === null || power === undefined) return undefined
  return Math.trunc(Number(found[1]) * 1024 ** power)
}
