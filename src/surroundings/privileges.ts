import * as z from 'zod/mini'
import type { Answers } from '../answers/answers.ts'
import type { HostFacts, PrivilegesFact } from '../controls/facts.ts'
import { ownPaths } from '../install/install.ts'
import { parseStateFile, shortText } from '../install/state-file.ts'
import type { Release } from '../release/release.ts'

const schema = () =>
  z.strictObject({
    version: z.literal(1),
    level: z.enum(['confined', 'capabilities', 'privileged']),
    how: z.enum(['asked', 'probed', 'assumed', 'failed']),
    why: shortText,
  })

/** Reads what an earlier run chose. @throws Failure('badInput') where it is not what we write */
export function parsePrivileges(text: string | undefined): PrivilegesFact | undefined {
  if (text === undefined) return undefined
  const { level, how, why } = parseStateFile(schema, text, {
    file: ownPaths.privileges,
    remedy: 'Remove it: the next init tries again which privileges a sandbox needs.',
  })
  return { level, how, why }
}

export function renderPrivileges({ level, how, why }: PrivilegesFact): string {
  return `${JSON.stringify({ version: 1, level, how, why }, null, 2)}\n`
}

/** Starts a jail, or says why none started with any level, or why none can be tried. */
export type Probe = () => Promise<
  | { readonly level: PrivilegesFact['level'] }
  | { readonly failures: readonly string[] }
  | { readonly untried: string }
>

/**
 * Decides the level of privileges: what the answers say; what a jail proved; what an earlier run
 * proved; else `privileged`, since the product is asked for a sandbox that works.
 */
export async function decidePrivileges(
  answers: Answers,
  release: Release,
  earlier: PrivilegesFact | undefined,
  probe: Probe,
): Promise<PrivilegesFact | undefined> {
  if (!release.abilities.nsjail || answers.tenancy === 'trusted') return undefined
  const asked = answers.executorPrivileges
  if (asked !== 'auto')
    return {
      level: asked,
      how: 'asked',
      why: `executorPrivileges: ${asked} in tracecat-harden.yaml`,
    }
  if (earlier?.how === 'probed') return earlier
  const result = await probe()
  if ('level' in result)
    return {
      level: result.level,
      how: 'probed',
      why: 'the least that started a real jail on this host',
    }
  return 'untried' in result
    ? { level: 'privileged', how: 'assumed', why: `no jail could be tried: ${result.untried}` }
    : {
        level: 'privileged',
        how: 'failed',
        why: `no jail started here (${result.failures.join('; ')})`,
      }
}

/** What to do where Ubuntu 23.10 and later keep nsjail from making user namespaces. */
export function userNamespaceRemedy(host: HostFacts): readonly string[] {
  if (!host.userNamespacesRestricted.known || !host.userNamespacesRestricted.value) return []
  return [
    "echo 'kernel.apparmor_restrict_unprivileged_userns=0' | sudo tee /etc/sysctl.d/60-tracecat-harden.conf",
    'sudo sysctl --system',
  ]
}
