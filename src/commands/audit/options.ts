export const auditFormats = ['text', 'json', 'sarif', 'markdown'] as const
export const includable = ['stays', 'accepted'] as const
export const failLevels = ['low', 'medium', 'high', 'critical', 'never'] as const

/** What `audit` was asked on the command line. */
export interface AuditOptions {
  readonly directories: readonly string[]
  readonly format: (typeof auditFormats)[number]
  /** The least severity of a finding that counts and ends in exit code 1. */
  readonly failOn: (typeof failLevels)[number]
  /** What counts besides open findings. */
  readonly include: readonly (typeof includable)[number][]
  /** Ids of the controls to look at; all where it is empty. */
  readonly controls: readonly string[]
  readonly verbose: boolean
}
