import { signInFor } from '../../answers/sign-in.ts'
import type { HardenCase } from '../../controls/control.ts'
import { publicUrl } from '../../controls/edge/public-urls.ts'
import { isUp } from '../../controls/facts.ts'
import type { JudgedFinding } from '../../controls/judge.ts'
import type { Install } from '../../install/install.ts'
import { type StockName, stockFiles } from '../../release/stock-files.ts'
import type { SecretId } from '../../secrets/catalogue.ts'
import { commandAppends, redis } from '../../servers/redis.ts'
import { userNamespaceRemedy } from '../../surroundings/privileges.ts'

/** One thing to do, with commands to copy. */
export interface NextStep {
  readonly text: string
  readonly commands: readonly string[]
}

function step(text: string, ...commands: readonly string[]): NextStep {
  return { text, commands }
}

export interface NextInput {
  readonly case: HardenCase
  readonly after: Install
  /** What `audit` finds afterwards. */
  readonly findings: readonly JudgedFinding[]
  readonly stillMissing: readonly { readonly name: StockName; readonly url: string }[]
  /** The running stack has followed by then. */
  readonly live?: boolean
}

/** What is left to do after the files are written, in the order in which it has to be done. */
export function nextSteps(input: NextInput): readonly NextStep[] {
  return [
    ...missingFiles(input),
    ...host(input.case),
    ...network(input.case),
    ...provider(input.case),
    ...backup(input),
    ...start(input),
    ...trust(input.case),
    ...rotation(input),
    ...superadmin(input.case),
    ...later(input),
  ]
}

function missingFiles({ stillMissing, case: c }: NextInput): readonly NextStep[] {
  if (stillMissing.length === 0) return []
  const sums = stockFiles(c.release.tag)
  const check = stillMissing.flatMap(({ name }) => {
    const sum = sums?.[name]
    return sum === undefined ? [] : [`echo '${sum}  ${name}' | sha256sum -c -`]
  })
  return [
    step(
      `Fetch Tracecat's own files for ${c.release.tag}${check.length === 0 ? '' : ', compare them'}, then run tracecat-harden init again: it writes the override.`,
      ...stillMissing.map(({ name, url }) => `curl -fsSL -o ${name} ${url}`),
      ...check,
    ),
  ]
}

function host(c: HardenCase): readonly NextStep[] {
  if (c.facts.privileges === undefined) return []
  const steps: NextStep[] = []
  const restricted = userNamespaceRemedy(c.facts.host)
  if (restricted.length > 0 && c.facts.privileges.how !== 'probed') {
    const text =
      'This host keeps nsjail from making user namespaces (Ubuntu 23.10 and later). Allow them, or give nsjail an AppArmor profile with userns:'
    steps.push(step(text, ...restricted))
  }
  const { tunDevice } = c.facts.host
  if (c.release.abilities.tunDevice && tunDevice.known && tunDevice.value !== 'usable') {
    const load = ['echo tun | sudo tee /etc/modules-load.d/tun.conf', 'sudo modprobe tun']
    steps.push(
      step(
        'The sandbox needs /dev/net/tun, open to every user of the container (mode 0666):',
        ...(tunDevice.value === 'absent' ? load : []),
        `echo 'KERNEL=="tun", MODE="0666"' | sudo tee /etc/udev/rules.d/60-tracecat-tun.rules`,
        'sudo chmod 0666 /dev/net/tun',
      ),
    )
  }
  return steps
}

function network(c: HardenCase): readonly NextStep[] {
  const { domain, tls } = c.answers
  if (tls === 'load-balancer') {
    const port = c.install.values.get('PUBLIC_APP_PORT') ?? '80'
    return [
      step(
        `Point ${domain} at the load balancer; let it end TLS and send plain HTTP to port ${port} of this host, with X-Forwarded-For and X-Forwarded-Proto. Close that port to everybody else.`,
      ),
    ]
  }
  return [
    step(`Point ${domain} at this host: an A record (and AAAA, if it has IPv6).`),
    step(
      tls === 'automatic'
        ? 'Open ports 80 and 443 (TCP) and 443 (UDP) to the Internet: the certificate authority asks on port 80.'
        : 'Open ports 80 and 443 (TCP) and 443 (UDP) to the people who use Tracecat.',
    ),
  ]
}

/** Caddy makes its authority when it starts. */
function trust(c: HardenCase): readonly NextStep[] {
  if (c.answers.tls !== 'internal') return []
  return [
    step(
      'Once Caddy runs, let your computers trust its authority. This fetches its certificate:',
      'docker compose cp caddy:/data/caddy/pki/authorities/local/root.crt tracecat-root.crt',
    ),
  ]
}

/** Secrets that live in a volume too, by the control that finds them weak. */
const inVolumes: Readonly<Record<string, SecretId>> = {
  'postgres-password': 'postgres',
  'temporal-postgres-password': 'temporal-postgres',
  // The secret's id.
  'minio-credentials': 'minio',
}

function rotation({ findings }: NextInput): readonly NextStep[] {
  const weak = findings
    .filter(({ status }) => status === 'open')
    .flatMap(({ control }) => inVolumes[control.id] ?? [])
  if (weak.length === 0) return []
  return [
    step(
      'Once it runs, replace the passwords that its volumes were made with:',
      `tracecat-harden rotate ${[...new Set(weak)].join(' ')}`,
    ),
  ]
}

function provider(c: HardenCase): readonly NextStep[] {
  const url = publicUrl(c.answers)
  if (c.answers.sso.type === 'oidc') {
    const uris = [
      `${url}/auth/oauth/callback`,
      ...(c.release.abilities.mcpUsesOidc ? [`${url}/auth/callback`] : []),
    ]
    return [step(`At the identity provider, enter as redirect URI: ${uris.join(' and ')}`)]
  }
  if (c.answers.sso.type === 'saml') {
    return [
      step(
        `At the identity provider, enter as ACS URL ${url}/auth/saml/acs and as entity ID ${url}/api, and let it sign response and assertion.`,
      ),
    ]
  }
  return []
}

function backup({ case: c, after }: NextInput): readonly NextStep[] {
  const keys = [
    'TRACECAT__DB_ENCRYPTION_KEY',
    ...(after.values.get('TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING')
      ? ['TEMPORAL__PAYLOAD_ENCRYPTION_KEYRING']
      : []),
  ]
  if (c.secrets.get('TRACECAT__DB_ENCRYPTION_KEY')?.kind === 'leave') return []
  return [
    step(
      `Keep a copy of ${keys.join(' and ')} outside of this host: without it, what Tracecat stored is unreadable for good.`,
      `grep -E '^(${keys.join('|')})=' ${after.envPath}`,
    ),
  ]
}

function start({ case: c, after, live = false }: NextInput): readonly NextStep[] {
  if (after.compose === undefined || live) return []
  const running = c.facts.containers.known && c.facts.containers.value.some(isUp)
  const loaded = after.sources.some(({ file }) => file === after.overridePath)
  const files = loaded
    ? ''
    : ` ${[...after.sources.map(({ file }) => file), after.overridePath].map((file) => `-f ${file}`).join(' ')}`
  const steps: NextStep[] = []
  if (c.secrets.size > 0 && needsAppendOnly(c)) {
    steps.push(
      step(
        'Redis runs without its append-only file. Turn it on in the running server, wait until the second command says 0, then run tracecat-harden init again:',
        'docker compose exec redis redis-cli CONFIG SET appendonly yes',
        'docker compose exec redis redis-cli INFO persistence | grep aof_rewrite_in_progress',
      ),
    )
  }
  const up = `docker compose${files} up -d`
  const changed = 'Recreate what changed. A Caddyfile alone is seen only after a restart:'
  steps.push(
    running
      ? step(changed, up, `docker compose${files} restart caddy`)
      : step('Start Tracecat:', up),
  )
  return steps
}

function needsAppendOnly(c: HardenCase): boolean {
  const command = c.install.compose?.model.services.get(redis.service)?.command ?? []
  return (
    command.length > 0 &&
    !commandAppends(command) &&
    !c.facts.fresh &&
    !(c.facts.redisAppends.known && c.facts.redisAppends.value)
  )
}

function superadmin(c: HardenCase): readonly NextStep[] {
  const email = c.answers.superadminEmail
  if (signInFor(c.release, c.answers).mode !== 'basic') {
    return [step(`Sign in as ${email} first: this address becomes superadmin.`)]
  }
  if (c.answers.signUpNetworks.length > 0) {
    return [
      step(
        `From ${c.answers.signUpNetworks.join(', ')}, sign up at ${publicUrl(c.answers)} as ${email} first: this address becomes superadmin.`,
      ),
    ]
  }
  return [
    step(
      `Once it runs, make the superadmin ${email} on this host, before anybody else can. This asks for a password and shows Tracecat's answer. Sign-up stays closed to the outside (signUpNetworks opens it to networks that you name).`,
      signUpCommand(email),
    ),
  ]
}

/**
 * One command in one line, and in any shell: what is pasted behind a prompt would be read as the
 * password. It is typed into Python's own prompt, and so stands in no argument and no variable.
 */
function signUpCommand(email: string): string {
  const request = `json.dumps({"email": "${email}", "password": getpass.getpass()})`
  const program = [
    'import getpass, http.client, json',
    'c = http.client.HTTPConnection("localhost", 8000)',
    `c.request("POST", "/auth/register", ${request}, {"Content-Type": "application/json"})`,
    'print(c.getresponse().read().decode())',
  ].join('; ')
  return `docker compose exec api python3 -c '${program.replaceAll("'", `'\\''`)}'`
}

function later({ case: c, after }: NextInput): readonly NextStep[] {
  const enabled = after.values.get('TEMPORAL__PAYLOAD_ENCRYPTION_ENABLED')
  if (!c.answers.payloadEncryption || enabled !== 'false') return []
  return [
    step(
      'Payload encryption takes two steps: now every service has the keyring. Once all are recreated, this turns it on:',
      'tracecat-harden init --yes',
      'docker compose up -d',
    ),
  ]
}
