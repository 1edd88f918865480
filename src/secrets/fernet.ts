/**
 * Would Tracecat take this text for a Fernet key? It decodes with Python's `base64.urlsafe_b64decode`
 * (measured with 3.11), which reads the standard alphabet too, skips what is in neither, and stops at
 * the padding; 32 bytes must come out. Being as lenient as that matters: a working key that looks odd
 * must never be replaced.
 */
export function isFernetKey(value: string): boolean {
  let digits = 0
  let pads = 0
  for (const character of value) {
    if (character === '=') {
      const position = digits % 4
      if (position >= 2) pads += 1
      if (position >= 2 && position + pads >= 4) return byteLength(digits) === 32
    } else if (/[A-Za-z0-9_+/-]/.test(character)) {
      digits += 1
      pads = 0
    }
  }
  return false
}

function byteLength(digits: number): number {
  return Math.floor((digits * 3) / 4)
}
