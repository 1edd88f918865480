const repository = 'https://github.com/tracecat-harden/tracecat-harden'

/** The page of a control in the documentation: docs/controls, generated. */
export function controlPage(id: string): string {
  return `${repository}/blob/main/docs/controls/${id}.md`
}

export const programPage = repository
