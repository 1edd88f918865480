import { Failure } from '../failure.ts'

/**
 * One word of a Caddyfile, quoted where it must be. Throws a Failure for what a quote cannot keep:
 * line ends and control characters, and braces, in which Caddy looks for placeholders.
 */
export function word(value: string): string {
  if (/^[A-Za-z0-9_.:/*@+~%=,-]+$/.test(value) && !value.startsWith('@')) return value
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (value === '' || /[\u0000-\u001f\u007f{}`]/.test(value))
    throw new Failure('badInput', `"${value}" cannot be written in a Caddyfile`, {
      remedy: 'Use a value without braces, backticks and control characters.',
    })
  return `\`${value}\``
}
