import { Failure } from '../../failure.ts'
import { readInstallFile } from '../../live/read-files.ts'
import type { GetResult } from '../../world/network.ts'
import { type Draft, type WizardContext, withAnswers } from '../draft.ts'
import { problemOf } from '../problem.ts'
import type { Choice } from '../prompter.ts'
import { getFromApi } from './fetch-from-api.ts'

/** Discovery documents and metadata are a few kilobytes; federations' are larger. */
const limits = { maxBytes: 4 * 1024 * 1024, timeoutMs: 15_000 }

export interface Checked {
  readonly draft: Draft
  /** `again`: the address has to be typed once more. */
  readonly next: 'go-on' | 'again'
}

/**
 * Fetches what the provider publishes, and lets `problemIn` judge it. Where it cannot be had, the admin
 * chooses: another address, the same once more, a company's CA, a proxy, or to go on without.
 */
export async function checkProvider(
  draft: Draft,
  context: WizardContext,
  url: string,
  problemIn: (text: string) => string | undefined,
): Promise<Checked> {
  const { prompter } = context
  if (context.offline) {
    prompter.say('Not checked (--offline).')
    return { draft, next: 'go-on' }
  }
  let now = draft
  while (true) {
    const { result, from } = await fetchFor(now, context, url)
    const problem =
      result.kind === 'failed'
        ? unreachable(url, result)
        : (statusProblem(result) ?? problemIn(result.text))
    if (problem === undefined) {
      prompter.say(`Checked ${from}: ${url}`)
      return { draft: now, next: 'go-on' }
    }
    prompter.say(problem, `(Asked ${from}: ${url})`)
    const next = await prompter.choose<Next>({ message: 'What now?', choices: waysOn(result) })
    if (next === 'again') return { draft: now, next }
    if (next === 'without') return { draft: now, next: 'go-on' }
    if (next === 'authority') now = await askAuthority(now, context)
    if (next === 'proxy') now = await askProxy(now, context)
  }
}

type Next = 'again' | 'same' | 'authority' | 'proxy' | 'without'

function waysOn(result: GetResult): readonly Choice<Next>[] {
  const again: Choice<Next> = { value: 'again', name: 'enter it again' }
  const same: Choice<Next> = { value: 'same', name: 'try the same once more' }
  if (result.kind === 'answer') return [again, same]
  const without: Choice<Next> = {
    value: 'without',
    name: 'go on unchecked',
    hint: 'If the api cannot reach it either, it will not start.',
  }
  const authority: Choice<Next> = { value: 'authority', name: "name our company's CA" }
  const proxy: Choice<Next> = { value: 'proxy', name: 'name a proxy' }
  return [again, same, ...(result.reason === 'certificate' ? [authority] : [proxy]), without]
}

async function fetchFor(
  draft: Draft,
  context: WizardContext,
  url: string,
): Promise<{ readonly result: GetResult; readonly from: string }> {
  const { world, prompter, directory, api } = context
  const { caBundle, proxy } = draft.given
  const authorities =
    caBundle === undefined ? [] : [(await readInstallFile(world, directory, caBundle))?.text ?? '']
  const options = { ...limits, authorities, proxy }
  const { host } = new URL(url)
  return await prompter.wait(`Asking ${host} (up to ${limits.timeoutMs / 1000} s)`, async () => {
    const inside = api === undefined ? undefined : await getFromApi(world, api, url, options)
    if (inside !== undefined) return { result: inside, from: "from inside the api's image" }
    return {
      result: await world.network.get(url, options),
      from: 'from this host, which may see more or less than the api',
    }
  })
}

function unreachable(url: string, { reason, detail }: GetResult & { kind: 'failed' }): string {
  const { host } = new URL(url)
  switch (reason) {
    case 'name':
      return `There is no host ${host}: the name does not resolve.`
    case 'proxy':
      return `The proxy ${detail} cannot be reached.`
    case 'time-out':
      return `${host} does not answer: ${detail}.`
    case 'certificate':
      return `The certificate of ${host} is not trusted (${detail}). If your company has a CA of its own, name it.`
    case 'too-large':
      return `What is there is too large: ${detail}.`
    case 'connection':
      return `${host} cannot be reached: ${detail}.`
  }
}

function statusProblem(result: GetResult & { kind: 'answer' }): string | undefined {
  if (result.status === 200) return undefined
  if (result.location !== undefined)
    return `It redirects to ${result.location}, which Tracecat does not follow.`
  return `The provider answers ${result.status}: is the address right?`
}

/** A PEM file with at least one certificate, or none. */
export async function askAuthority(
  draft: Draft,
  { prompter, world, directory }: WizardContext,
): Promise<Draft> {
  while (true) {
    prompter.say(
      "The PEM file with your company's CA, relative to the install or absolute. Containers will trust it.",
    )
    const caBundle = await prompter.text({
      message: 'CA file ("none" for none):',
      default: draft.given.caBundle ?? 'none',
      validate: (text) => (isWayBack(text) ? undefined : problemOf({ caBundle: text })),
    })
    if (caBundle === '') return draft
    if (caBundle === 'none') return withAnswers(draft, { caBundle: undefined })
    try {
      const file = await readInstallFile(world, directory, caBundle)
      if (file?.text.includes('-----BEGIN CERTIFICATE-----') === true)
        return withAnswers(draft, { caBundle })
      prompter.say(
        file === undefined
          ? `${caBundle} does not exist.`
          : `${caBundle} holds no certificate in PEM form.`,
      )
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      prompter.say(error.message)
    }
  }
}

/** An address, or none. */
export async function askProxy(draft: Draft, { prompter }: WizardContext): Promise<Draft> {
  prompter.say('The HTTP proxy through which containers reach the Internet.')
  const proxy = await prompter.text({
    message: 'Proxy ("none" for none):',
    default: draft.given.proxy ?? 'none',
    validate: (text) => (isWayBack(text) ? undefined : problemOf({ proxy: text })),
  })
  if (proxy === '') return draft
  return withAnswers(draft, { proxy: proxy === 'none' ? undefined : proxy })
}

/** Empty leaves it as it was. */
function isWayBack(text: string): boolean {
  return text === '' || text === 'none'
}
