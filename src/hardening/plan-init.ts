import envTemplate from '../../templates/env/tracecat.env'
import { renderAnswers, updateAnswers } from '../answers/render.ts'
import type { HardenCase } from '../controls/control.ts'
import { known, type PrivilegesFact } from '../controls/facts.ts'
import { controls } from '../controls/registry.ts'
import type { ChosenSecrets } from '../controls/secrets.ts'
import { Failure } from '../failure.ts'
import { ownPaths } from '../install/install.ts'
import { probeJail } from '../live/jail-probe.ts'
import { chooseSecrets } from '../plan/choose-secrets.ts'
import { claimReplacedEnv } from '../plan/env/replaced-env.ts'
import { parseHistory, renderHistory, withChanged } from '../plan/history.ts'
import { makePlan, type Plan, withStateFiles } from '../plan/make-plan.ts'
import { changedSince, overwrittenIn, parseRecord, type WrittenRecord } from '../plan/record.ts'
import { catalogue, type SecretId, secretIds } from '../secrets/catalogue.ts'
import type { Masker } from '../secrets/masker.ts'
import { Secret } from '../secrets/secret.ts'
import { checkCertificate, makeTrustBundle } from '../surroundings/certificate.ts'
import {
  checkFingerprints,
  parseFingerprints,
  rememberedVariables,
  updateFingerprints,
} from '../surroundings/fingerprints.ts'
import type { Surroundings } from '../surroundings/look.ts'
import {
  decidePrivileges,
  type Probe,
  parsePrivileges,
  renderPrivileges,
} from '../surroundings/privileges.ts'
import type { World } from '../world/world.ts'
import type { Gathered } from './gather.ts'

/** Where it is off, it is turned on in the running Redis before anything is recreated. */
const appending = { redisAppends: known(true) }

export interface InitPlan {
  readonly plan: Plan
  readonly case: HardenCase
}

/** What the admin wants of this one run, and no file keeps. */
export interface PlanWishes {
  /** Typed at a masked prompt; else it comes from the environment. */
  readonly clientSecret?: Secret | undefined
  /** Places of ours that were changed since get what they should have. */
  readonly overwriteDrift?: boolean
  /** The running stack changes along with the files: passwords that its servers hold may be replaced. */
  readonly live?: boolean
  /** As this run found them already: no jail is tried again. */
  readonly privileges?: PrivilegesFact | undefined
}

/** Decides everything that `init` would write. Starts at most a jail to try it; changes nothing. */
export async function planInit(
  world: World,
  masker: Masker,
  gathered: Gathered,
  wishes: PlanWishes = {},
): Promise<InitPlan> {
  const { read, answers, release, directory } = gathered
  const textOf = (path: string) => read.onDisk.get(path)?.text
  refuseForeignHost(gathered)
  await checkCertificate(world, directory, answers)
  const fingerprints = parseFingerprints(textOf(ownPaths.fingerprints))
  await checkFingerprints(fingerprints, read.install)
  refuseLostEnv(gathered)
  const record = parseRecord(textOf(ownPaths.written), ownPaths.written)
  const secrets = chooseSecrets({
    install: read.install,
    recovered: gathered.recovered,
    facts: gathered.facts,
    release,
    answers,
    clientSecret: wishes.clientSecret ?? clientSecret(world),
    live: wishes.live ?? false,
    drifted: wishes.overwriteDrift === true ? new Set() : driftedIn(record, gathered),
    remembered: rememberedVariables(fingerprints),
  })
  for (const decision of secrets.values())
    if (decision.kind !== 'leave') masker.learn(decision.value)
  const privileges =
    wishes.privileges ??
    (await decidePrivileges(
      answers,
      release,
      parsePrivileges(textOf(ownPaths.privileges)),
      probeOf(world, gathered),
    ))
  const hardenCase: HardenCase = {
    install: read.install,
    release,
    facts: { ...gathered.facts, privileges, ...(wishes.live === true ? appending : {}) },
    answers,
    secrets,
    overwritten: overwrittenIn(record, read.install.env?.assignments ?? []),
    trustBundle: await makeTrustBundle(world, directory, answers, textOf(ownPaths.trustBundle)),
  }
  const plan = makePlan({
    case: hardenCase,
    controls,
    record,
    overwriteDrift: wishes.overwriteDrift ?? false,
    shell: read.shell,
    envTemplate: gathered.added.get('.env.example') ?? textOf('.env.example') ?? envTemplate,
    onDisk: read.onDisk,
    extra: extraFiles(gathered, privileges),
    sourcePathsAfter: read.sourcePathsAfter,
  })
  const records = await updateFingerprints(fingerprints, plan.after.values)
  const kept = new Map([
    ...(records === undefined ? [] : [[ownPaths.fingerprints, records] as const]),
    ...history(world, secrets, plan.after.values, textOf(ownPaths.history)),
  ])
  return { plan: withStateFiles(plan, read.onDisk, kept), case: hardenCase }
}

/** A `.env` that was put back as a whole has no drift: all of ours is written again. */
function driftedIn(record: WrittenRecord, { read }: Gathered): ReadonlySet<string> {
  const { env } = read.install
  return changedSince(claimReplacedEnv(record, env), env?.assignments ?? [])
}

/** The secrets that this run makes and writes: one of a server elsewhere is chosen, and stands nowhere. */
function madeIds(secrets: ChosenSecrets, after: ReadonlyMap<string, string>): readonly SecretId[] {
  const isWritten = (name: string) => {
    const decision = secrets.get(name)
    return decision?.kind === 'make' && after.get(name) === decision.value.reveal()
  }
  return secretIds.filter((id) => catalogue[id].variables.some(isWritten))
}

/** From now on it is known how old these secrets are; one that no variable holds any more has no age. */
function history(
  world: World,
  secrets: ChosenSecrets,
  after: ReadonlyMap<string, string>,
  text: string | undefined,
): ReadonlyMap<string, string> {
  const before = parseHistory(text)
  const changed = withChanged(before, madeIds(secrets, after), world.now())
  const isHeld = (id: SecretId) => catalogue[id].variables.some((name) => after.get(name))
  const next = new Map([...changed].filter(([id]) => isHeld(id)))
  if (text === undefined && next.size === 0) return new Map()
  return new Map([[ownPaths.history, renderHistory(next)]])
}

function extraFiles(
  gathered: Gathered,
  privileges: PrivilegesFact | undefined,
): ReadonlyMap<string, string> {
  const extra = new Map(gathered.added)
  const before = gathered.read.onDisk.get(ownPaths.answers)?.text
  extra.set(
    ownPaths.answers,
    before === undefined ? renderAnswers(gathered.given) : updateAnswers(before, gathered.given),
  )
  if (privileges !== undefined) extra.set(ownPaths.privileges, renderPrivileges(privileges))
  return extra
}

/** nsjail needs Linux: on a Mac or Windows the sandbox cannot start, Docker Desktop or not. */
function refuseForeignHost({ facts, answers, release }: Gathered): void {
  const { platform } = facts.host
  if (platform === 'linux' || answers.tenancy === 'trusted' || !release.abilities.nsjail) return
  throw new Failure(
    'surroundings',
    `The sandbox cannot work on ${platform === 'darwin' ? 'macOS' : platform === 'win32' ? 'Windows' : platform}: nsjail needs a Linux host.`,
    {
      remedy:
        'Run this on the Linux host that Tracecat runs on; or set tenancy: trusted, which leaves scripts unsandboxed.',
    },
  )
}

/** Without `.env`, on a stack that has data, only what the containers or a backup hold may be written. */
export function refuseLostEnv({ read, facts, said }: Surroundings): void {
  if (read.install.env !== undefined || facts.fresh) return
  const seen =
    said === 'started'
      ? 'it was started, as you say'
      : facts.data.state === 'exists'
        ? facts.data.evidence.slice(0, 3).join(', ')
        : facts.data.state === 'unknown'
          ? facts.data.why
          : ''
  throw new Failure('surroundings', `There is no .env, and this stack may have data (${seen}).`, {
    remedy:
      'A new encryption key would make every stored credential unreadable. Put .env back from a backup; if this stack was never started, run again with --fresh.',
  })
}

function clientSecret(world: World): Secret | undefined {
  const value = world.env.OIDC_CLIENT_SECRET ?? world.env.OAUTH_CLIENT_SECRET
  return value === undefined || value === '' ? undefined : new Secret(value)
}

function probeOf(world: World, { facts, read, release, docker }: Gathered): Probe {
  return async () => {
    if (facts.host.platform !== 'linux') return { untried: 'this is not Linux' }
    if (!facts.docker.known) return { untried: facts.docker.why }
    const image = read.install.base?.model.services.get('executor')?.image
    if (image === undefined) return { untried: 'there is no service executor' }
    const present = await docker.hasImage(image)
    if (!present.known) return { untried: present.why }
    if (!present.value) return { untried: `the image ${image} is not on this host yet` }
    const appArmor = facts.host.appArmor.known && facts.host.appArmor.value
    return await probeJail(world, image, { abilities: release.abilities, appArmor })
  }
}
