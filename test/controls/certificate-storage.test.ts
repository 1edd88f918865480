import { describe, expect, test } from 'vitest'
import { certificateStorage } from '../../src/controls/edge/certificate-storage.ts'
import { caseOf, hardened } from './case.ts'

/** What Caddy has at the two folders after `init`. */
function storage(override: string): Record<string, string | undefined> {
  const { model } = hardened({ override }).install.compose ?? {}
  const mounts = model?.services.get('caddy')?.mounts ?? []
  const at = (folder: string) =>
    mounts.find(({ target }) => target.replace(/\/$/, '') === folder)?.source
  return { data: at('/data'), config: at('/config') }
}

const caddyWith = (volumes: string, more = '') =>
  `services:\n  caddy:\n    volumes:\n${volumes}\n${more}`

describe("Caddy's storage", () => {
  test('gets volumes of ours where nothing is mounted', () => {
    expect(storage('services: {}\n')).toEqual({ data: 'caddy-data', config: 'caddy-config' })
  })

  test.each([
    ['named', caddyWith('      - certs:/data', 'volumes: {certs: }'), 'certs'],
    [
      'of another project',
      caddyWith('      - prod:/data:rw', 'volumes: {prod: {external: true}}'),
      'prod',
    ],
    ['of the host', caddyWith('      - ./certs:/data'), '/srv/tracecat/certs'],
    ['in the long form', caddyWith('      - {type: bind, source: /c, target: /data/}'), '/c'],
    ['in flow style', 'services: {caddy: {volumes: ["./c:/data"]}}\n', '/srv/tracecat/c'],
  ])("keeps the admin's mount, %s", (_, override, data) => {
    expect(storage(override)).toEqual({ data, config: 'caddy-config' })
    expect(certificateStorage.inspect(hardened({ override })).kind).toBe('pass')
  })

  test('keeps a mount of the Compose file', () => {
    const stock = '"./Caddyfile:/etc/caddy/Caddyfile"'
    const after = hardened({ compose: [[stock, `${stock}, "./home:/data"`]] }).install.compose
    const mounts = after?.model.services.get('caddy')?.mounts
    expect(mounts?.find(({ target }) => target === '/data')?.source).toBe('/srv/tracecat/home')
    expect(after?.model.volumes.has('caddy-data')).toBe(false)
  })

  test("looks where Caddy's own variables point", () => {
    const override =
      'services:\n  caddy:\n    environment: {XDG_DATA_HOME: /srv/certs}\n    volumes: ["./c:/srv"]\n'
    expect(storage(override)).toEqual({ data: undefined, config: 'caddy-config' })
    expect(certificateStorage.inspect(hardened({ override })).kind).toBe('pass')
  })

  test('takes no volume that is called as ours and mounted elsewhere', () => {
    const override =
      'services:\n  web: {image: "nginx:1", volumes: ["caddy-data:/www"]}\nvolumes:\n  caddy-data: {external: true}\n'
    expect(storage(override).data).toBe('caddy-data-2')
    const volumes = hardened({ override }).install.compose?.model.volumes
    expect(volumes?.get('caddy-data')).toMatchObject({ external: true })
  })

  test.each([
    ['memory', '      - {type: tmpfs, target: /data}'],
    ['a volume without a name', '      - /data'],
  ])('is not lasting in %s, and says what to do about it', (_, volumes) => {
    const verdict = certificateStorage.inspect(hardened({ override: caddyWith(volumes) }))
    const [finding] = verdict.kind === 'open' ? verdict.findings : []
    expect(finding?.remedy).toBe('Give the mount at /data a named volume or a folder of this host.')
    expect(finding?.where?.file).toBe('docker-compose.override.yml')
  })

  test('is nothing to find behind a load balancer', () => {
    const answers = { tls: 'load-balancer' as const, trustedProxies: ['10.0.0.0/8'] }
    expect(certificateStorage.inspect(caseOf({ answers })).kind).toBe('not-applicable')
  })
})
