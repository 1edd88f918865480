/** Where the published package can be read, file by file. */
const published = 'https://unpkg.com/tracecat-harden'

/** The page of a control in the documentation: docs/controls, generated, part of the package. */
export function controlPage(id: string): string {
  return `${published}/docs/controls/${id}.md`
}

export const programPage = `${published}/README.md`
