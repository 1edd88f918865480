/** Milliseconds of the processor that this process has taken: unlike the clock, the same on a busy machine. */
export function cpuMs(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}
