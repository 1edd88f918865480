const shape = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ(-\d{1,6})?$/

/** The name of a backup's folder: UTC time, and a number where there are several of one second. */
export function isBackupId(name: string): boolean {
  return shape.test(name)
}
