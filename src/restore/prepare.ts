import type { Backup } from '../apply/backup.ts'
import type { LivePlan } from '../apply/engine.ts'
import { Failure } from '../failure.ts'
import type { Install } from '../install/install.ts'
import { localImageIds } from '../live/images.ts'
import type { Stack } from '../live/stack.ts'
import { whatEnds } from '../plan/what-ends.ts'
import { keptInData } from '../secrets/catalogue.ts'
import type { Masker } from '../secrets/masker.ts'
import { serversWithLogin } from '../servers/servers.ts'
import { refuseDisagreement, refuseDrift, refuseOtherFolder } from '../stack/check.ts'
import { learnValues } from '../stack/learn.ts'
import { serversNeeded } from '../stack/needs.ts'
import { stepsFromFiles, transitionBetween } from '../stack/steps-from-files.ts'
import { changes, loginChange } from '../stack/transition.ts'
import { transitionSteps } from '../stack/transition-steps.ts'
import type { World } from '../world/world.ts'
import { readChain } from './chain.ts'
import { installAfter, readPresent, type SeenBefore, seeForAll, seeForFiles } from './look.ts'
import { alwaysRead, planRestore, type RestorePlan } from './plan-restore.ts'

/** All that there is to say before a backup is put back. */
export interface RestoreReport {
  readonly directory: string
  readonly tag: string
  readonly chosen: Backup
  readonly plan: RestorePlan
  /** `live`: the running stack follows. `down`: nothing runs. `new`: it was never started. `files`: asked for. */
  readonly reach: 'live' | 'down' | 'new' | 'files'
  /** Services that have to run, and do not. */
  readonly needed: readonly string[]
  /** What ends for people who use the stack. */
  readonly ends: readonly string[]
  /** What runs in between changed may not be known. */
  readonly hasGap: boolean
}

/** A backup that can be put back, and what that means. */
export interface PreparedRestore {
  readonly report: RestoreReport
  /** What may be started for it. */
  readonly stack: Stack | undefined
  /**
   * The part in the running servers, once those that are needed run; undefined where nothing follows.
   * @throws Failure('surroundings') where a server has another password than the files
   */
  livePlan(
    progress: LivePlan['progress'],
    unwell: Failure[],
  ): Promise<Omit<LivePlan, 'subjects'> | undefined>
}

/** Where, and how much of it. */
export interface RestoreTask {
  readonly world: World
  readonly masker: Masker
  /** Absolute. */
  readonly directory: string
  /** The files alone, whatever runs. */
  readonly filesOnly: boolean
}

type Texts = ReadonlyMap<string, string | undefined>

/**
 * Looks at everything that decides whether a backup can be put back; changes nothing.
 * @throws Failure where it cannot, with the reason
 */
export async function prepareRestore(task: RestoreTask, id: string): Promise<PreparedRestore> {
  const { world, masker, directory, filesOnly } = task
  const { chosen, old, hasGap } = await readChain(world, directory, id)
  const seen = filesOnly
    ? await seeForFiles(world, masker, directory, old)
    : await seeForAll(world, masker, directory)
  const paths = [...old.keys(), ...alwaysRead(seen.envPath)]
  const present = await readPresent(world, directory, paths)
  const plan = await planRestore({ ...seen, old, present, now: world.now() })
  learnValues(masker, plan.values)
  const texts = textsOf(plan)
  const { install, tag } = await installAfter(world, directory, seen, texts)
  if (!filesOnly) refuseOtherRelease(seen.case?.release.tag ?? tag, tag)
  else if (seen.keepDatabases) refuseLockOut(seen, install)
  const follows = await followingOf(seen, plan)
  const report = {
    ...{ directory, tag, chosen, plan, hasGap, needed: follows.needed },
    reach: filesOnly && seen.keepDatabases ? ('files' as const) : follows.reach,
    ends: seen.case === undefined ? [] : whatEnds(seen.case, install),
  }
  const { stack } = seen
  if (stack !== undefined && seen.case !== undefined && follows.reach === 'live') {
    refuseShell(seen, plan)
    refuseOtherFolder(seen.containers, stack, seen.case.install)
    await refuseDrift(world, stack, seen.case.install)
    await refuseMissingImages(world, seen, install)
    const where = { ...whereOf(task, []), seen: seen.containers }
    const transition = await transitionBetween(where, new Map(), texts)
    // Whatever has no steps, such as another name of a role, is refused here.
    orFilesAlone(() => transitionSteps(transition))
    if (follows.needed.length === 0) await refuseDisagreement(transition)
  }
  return {
    report,
    stack,
    async livePlan(progress, unwell) {
      if (stack === undefined || (await stack.containers()).length === 0) return undefined
      const where = whereOf(task, unwell)
      await refuseDisagreement(await transitionBetween(where, new Map(), texts))
      return { makeSteps: stepsFromFiles(where), progress }
    },
  }
}

/** What the servers cannot follow, the files alone still can. */
function orFilesAlone(check: () => unknown): void {
  try {
    check()
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    throw error.but({
      remedy:
        'Put back the files alone, with --files-only: .env keeps what the databases hold. Nothing was changed.',
    })
  }
}

function whereOf({ world, masker, directory }: RestoreTask, unwell: Failure[]) {
  return { world, masker, directory, unwell: (failure: Failure) => void unwell.push(failure) }
}

function textsOf({ changes }: RestorePlan): Texts {
  return new Map(
    changes.map(({ path, after }) => [
      path,
      after === undefined ? undefined : new TextDecoder('utf-8', { ignoreBOM: true }).decode(after),
    ]),
  )
}

/** Who follows the files, and which servers have to run for that: a database changes no password while it is down. */
async function followingOf(
  { stack, case: present }: SeenBefore,
  { secrets }: RestorePlan,
): Promise<Pick<RestoreReport, 'reach' | 'needed'>> {
  if (stack === undefined || present === undefined) return { reach: 'new', needed: [] }
  const runs = (await stack.containers()).length > 0
  const ids = runs ? secrets : secrets.filter((id) => keptInData.includes(id))
  const needed = await serversNeeded({ stack, case: present }, ids)
  return { reach: runs || needed.length > 0 ? 'live' : 'down', needed }
}

/** The database has moved on with the newer release, and no older one knows it. */
function refuseOtherRelease(present: string, then: string): void {
  if (present === then) return
  throw new Failure(
    'surroundings',
    `That was Tracecat ${then}, and this is ${present}: its database may be unreadable for the other.`,
    {
      remedy:
        'Put back the files alone with --files-only, and see to the database yourself. Nothing was changed.',
    },
  )
}

/** `.env` keeps what the databases hold; a password that is written out elsewhere would not. */
function refuseLockOut({ case: present }: SeenBefore, after: Install): void {
  if (present === undefined) return
  for (const server of serversWithLogin) {
    const change = loginChange(present.install, after, server)
    if (!keptInData.includes(server.secret) || change === undefined || !changes(change)) continue
    throw new Failure(
      'surroundings',
      `The services would sign in to ${server.title} with what it had then, and it keeps what it has: nobody would get in.`,
      {
        remedy: 'Without --files-only the database changes too. Nothing was changed.',
      },
    )
  }
}

/** Compose lets the shell beat `.env`: the containers would get what the shell has. */
function refuseShell({ case: present, values }: SeenBefore, plan: RestorePlan): void {
  const names = new Set([...values.keys(), ...plan.values.keys()])
  const beating = [...names].find(
    (name) =>
      values.get(name) !== plan.values.get(name) && present?.facts.shell.get(name) !== undefined,
  )
  if (beating === undefined) return
  throw new Failure('surroundings', `${beating} is set in this shell and would beat the file.`, {
    remedy: `unset ${beating}, then run again. Nothing was changed.`,
  })
}

/** Recreating pulls nothing. */
async function refuseMissingImages(
  world: World,
  { case: present }: SeenBefore,
  after: Install,
): Promise<void> {
  const now = present?.install.compose?.model.services
  const images = [...(after.compose?.model.services.values() ?? [])].flatMap(({ name, image }) =>
    image === undefined || now?.get(name)?.image === image ? [] : [image],
  )
  const ids = await localImageIds(world, images)
  const missing = [...new Set(images)].filter((image) => ids.get(image) === undefined)
  if (missing.length === 0) return
  throw new Failure('surroundings', `These images are not on this host: ${missing.join(', ')}.`, {
    remedy: `${missing.map((image) => `docker pull ${image}`).join('\n')}\nThen run again. Nothing was changed.`,
  })
}
