/**
 * Files under `templates/` are imported by path and arrive as text, in the bundle (scripts/build.mjs)
 * and in tests (vitest.config.ts). TypeScript goes by the ending, so a template has one of these.
 * `.json` is data, which arrives as an object; JSON that we write out ends in `.jsonc`.
 */
declare module '*.yml' {
  const text: string
  export default text
}
declare module '*.env' {
  const text: string
  export default text
}
declare module '*.caddyfile' {
  const text: string
  export default text
}
declare module '*.jsonc' {
  const text: string
  export default text
}
declare module '*.txt' {
  const text: string
  export default text
}
