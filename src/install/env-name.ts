/**
 * Is this `.env`, or the name that people and editors give a copy of it: `.env.bak`, `.env~`, `.env_old`? What is
 * meant to be shown, such as `.env.example`, is named like one, too.
 */
export function isEnvOrCopy(name: string): boolean {
  return /^\.env(?:[.~_-]|$)/.test(name)
}
