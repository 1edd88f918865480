import { signInTypes } from '../../answers/sign-in.ts'
import { holdsSecretOf } from '../../plan/oidc-client.ts'
import type { Surroundings } from '../../surroundings/look.ts'
import type { ApiImage, WizardContext } from '../../wizard/draft.ts'
import type { Run } from './run.ts'

/** What the questions may look at, from what was seen. */
export async function wizardContext(run: Run, around: Surroundings): Promise<WizardContext> {
  const { world, prompter, directory, options } = run
  const { facts, read, release } = around
  const { values, env } = read.install
  const secretNames = ['OIDC_CLIENT_SECRET', 'OAUTH_CLIENT_SECRET']
  return {
    world,
    prompter,
    directory,
    offline: options.offline,
    release,
    inUse: !facts.fresh && facts.data.state !== 'none' && env !== undefined,
    passwordsNow: signInTypes(values.get('TRACECAT__AUTH_TYPES')).includes('basic'),
    hasClientSecret: (sso) =>
      secretNames.some((name) => (world.env[name] ?? '') !== '') ||
      holdsSecretOf(values, release, sso),
    api: options.offline ? undefined : await apiImage(run, around),
  }
}

/** The api's image, where it is on this host, and the network that the api has. */
async function apiImage(
  { world, directory }: Run,
  { docker, facts, read }: Surroundings,
): Promise<ApiImage | undefined> {
  const image = read.install.base?.model.services.get('api')?.image
  if (image === undefined || !facts.docker.known) return undefined
  const present = await docker.hasImage(image)
  if (!present.known || !present.value) return undefined
  const project = read.install.base?.model.projectName ?? ''
  const labels = [`com.docker.compose.project=${project}`, 'com.docker.compose.network=core']
  const found = await world.processes.run(
    'docker',
    [
      'network',
      'ls',
      ...labels.flatMap((label) => ['--filter', `label=${label}`]),
      '--format',
      '{{.Name}}',
    ],
    { cwd: directory, timeoutMs: 15_000 },
  )
  const network =
    found === 'missing' || found.exitCode !== 0
      ? undefined
      : found.stdout.split('\n').find((name) => name !== '')
  return { image, network }
}
