import { type Container, type Fact, isUp, known, unknown } from '../controls/facts.ts'
import { composeArguments, composeEnvironment, targetOf } from '../live/compose-command.ts'
import { commandAppends, redis } from '../servers/redis.ts'
import { bundledLogin } from '../servers/server.ts'
import type { World } from '../world/world.ts'
import type { ReadInstall } from './read-install.ts'

/** Matters only where the files dropped `--appendonly yes`: is it on in the running server? */
export async function redisAppends(
  world: World,
  read: ReadInstall,
  containers: Fact<readonly Container[]>,
): Promise<Fact<boolean>> {
  const { install } = read
  const login = bundledLogin(install, redis)
  const service = login?.service ?? redis.service
  const command = install.compose?.model.services.get(service)?.command
  if (commandAppends(command)) return unknown('not asked: the files have it')
  const container = containers.known
    ? containers.value.find((one) => one.service === service && isUp(one))
    : undefined
  if (container === undefined) return unknown('Redis does not run here')
  const target = targetOf(read, container.project === '' ? undefined : container.project)
  const question = ['redis-cli', 'CONFIG', 'GET', 'appendonly']
  const result = await world.processes.run(
    'docker',
    [...composeArguments(target), 'exec', '-T', '-e', 'REDISCLI_AUTH', service, ...question],
    {
      cwd: install.directory,
      timeoutMs: 15_000,
      // Always set: a password of our shell, or of the container, would sign in for us.
      env: await composeEnvironment(world, target, {
        REDISCLI_AUTH: login?.password?.reveal() ?? '',
      }),
    },
  )
  if (result === 'missing' || result.exitCode !== 0) return unknown('Redis did not answer')
  return known(/appendonly\s+yes/.test(result.stdout))
}
