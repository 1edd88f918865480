/**
 * The command, to be run inside its container, that asks a stand-in what it counted (stand-in/main.ts). It
 * waits up to 20 s: a stand-in listens a moment after its container was started.
 */
export function question(path: string): readonly string[] {
  const patient = ['--retry', '20', '--retry-delay', '1', '--retry-connrefused']
  return ['curl', '-fsS', ...patient, `http://127.0.0.1:9999${path}`]
}
