import { type Control, type HardenCase, notApplicable, verdictOf } from '../control.ts'
import { type Edit, setInService } from '../edit.ts'
import { environmentAt, look } from '../look.ts'
import { baseModel, model, platformServices } from '../reading.ts'

export const outboundProxy: Control = {
  meta: {
    id: 'outbound-proxy',
    title: 'Containers that call out use the proxy where there is one',
    severity: 'low',
    area: 'host',
    why: "Containers don't inherit the host's proxy settings.",
    risk: 'Actions and sign-in fail behind a proxy; traffic inside the stack must not go through it.',
    fix: 'proxy: both spellings of the variables, and NO_PROXY with every service of the stack.',
    reference: 'https://docs.docker.com/engine/cli/proxy/',
  },
  inspect(c) {
    const proxy = c.answers?.proxy
    if (proxy === undefined) return notApplicable('no proxy in the answers')
    return verdictOf(
      platformServices(model(c)).map(({ name, environment }) =>
        look(
          environmentAt(c, name, 'HTTPS_PROXY'),
          proxy,
          environment.get('HTTPS_PROXY') !== proxy && {
            evidence: `${name} does not use the proxy`,
          },
        ),
      ),
    )
  },
  harden(c) {
    const { proxy } = c.answers
    if (proxy === undefined) return []
    const except = noProxy(c)
    return platformServices(baseModel(c)).flatMap(({ name }): readonly Edit[] =>
      ['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'].flatMap((variable) =>
        [variable, variable.toLowerCase()].map((spelling) =>
          setInService(name, ['environment', spelling], variable === 'NO_PROXY' ? except : proxy),
        ),
      ),
    )
  },
}

function noProxy(c: HardenCase): string {
  const services = [...(baseModel(c)?.services.keys() ?? [])].sort()
  return ['localhost', '127.0.0.1', '::1', ...services, ...c.answers.privateNetworks].join(',')
}
