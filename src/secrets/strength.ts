/** Words that people build passwords from; each counts as one guess of about a thousand. */
const words =
  /tracecat|password|passwort|passw0rd|postgres(?:ql)?|temporal|minio|redis|admin(?:istrator)?|secret|changeme|welcome|qwerty|letmein|database|docker|production|company|test|user|root|key|20[0-3]\d/gi
const bitsPerWord = 10

/**
 * A rough lower bound of a secret's entropy in bits: the alphabet that it seems to be drawn from,
 * for every character that does not follow from those before it (a run, a sequence such as `1234`,
 * a repeated piece) and does not belong to a common word. Random hex of 32 characters gives about
 * 128, `openssl rand -base64 24` about 190.
 */
export function estimateBits(value: string): number {
  const found = value.match(words)?.length ?? 0
  const rest = value.replace(words, '')
  let free = 0
  for (let i = 0; i < rest.length; i += 1) if (!followsFromBefore(rest, i)) free += 1
  return free * Math.log2(alphabetSize(rest)) + found * bitsPerWord
}

function followsFromBefore(text: string, at: number): boolean {
  const step = text.charCodeAt(at) - text.charCodeAt(at - 1)
  const stepBefore = text.charCodeAt(at - 1) - text.charCodeAt(at - 2)
  if (Math.abs(step) <= 1 && step === stepBefore) return true
  const piece = text.slice(at - 3, at + 1)
  return piece.length === 4 && text.slice(0, at).includes(piece)
}

function alphabetSize(text: string): number {
  if (/^[0-9]*$/.test(text)) return 10
  if (/^(?:[0-9a-f]*|[0-9A-F]*)$/.test(text)) return 16
  let size = 0
  if (/[0-9]/.test(text)) size += 10
  if (/[a-z]/.test(text)) size += 26
  if (/[A-Z]/.test(text)) size += 26
  if (/[^0-9A-Za-z]/.test(text)) size += 2
  return size
}
