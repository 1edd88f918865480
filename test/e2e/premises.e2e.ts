import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { networkInterfaces, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest'
import { exampleInstall, removeInstalls } from './lab/installs.ts'
import { type Lab, startLab, whyNoLab } from './lab/lab.ts'

/** What the controls take for granted of Docker and Redis, tried on the real ones. */

const obstacle = whyNoLab()
const image = 'redis:7-alpine'
const imageOfOurs = 'premise-mount'

describe.skipIf(obstacle)(`premises${obstacle ? ` (skipped: ${obstacle})` : ''}`, () => {
  let lab: Lab
  const folders: string[] = []

  beforeAll(async () => {
    lab = await startLab()
    await lab.images(exampleInstall())
  })
  afterAll(async () => {
    for (const folder of folders) await lab?.down(folder)
    await lab?.docker(['rmi', imageOfOurs])
    await lab?.stop()
    removeInstalls()
    for (const folder of folders) rmSync(folder, { recursive: true, force: true })
  })

  /** A project of one service, started from a base file and an override. */
  async function start(base: string, override = 'services: {}\n'): Promise<string> {
    const folder = mkdtempSync(join(tmpdir(), 'premise-'))
    folders.push(folder)
    writeFileSync(join(folder, 'docker-compose.yml'), base)
    writeFileSync(join(folder, 'docker-compose.override.yml'), override)
    const { exitCode, stderr } = await lab.compose(folder, ['up', '--detach'])
    expect(exitCode, stderr).toBe(0)
    return folder
  }

  async function inspect(folder: string, format: string): Promise<string> {
    const { stdout } = await lab.compose(folder, ['ps', '--all', '--quiet'])
    return (await lab.docker(['inspect', '--format', format, stdout.trim()])).stdout.trim()
  }

  test('the daemon logs to json-file by default', async () => {
    expect((await lab.docker(['info', '--format', '{{.LoggingDriver}}'])).stdout.trim()).toBe(
      'json-file',
    )
  })

  test('json-file with max-size and max-file ends, without them it grows', async () => {
    const service = `services:\n  one: { image: "${image}", entrypoint: [sh, -c, "seq 1 200000; sleep 600"] }\n`
    const logging =
      'services:\n  one: { logging: { driver: json-file, options: { max-size: 100k, max-file: "3" } } }\n'
    const sizes: number[] = []
    for (const override of [undefined, logging]) {
      const folder = await start(service, override)
      await vi.waitFor(
        async () =>
          expect((await lab.compose(folder, ['logs', '--tail', '1', 'one'])).stdout).toContain(
            '200000',
          ),
        60_000,
      )
      const logs = dirname(await inspect(folder, '{{.LogPath}}'))
      const files = readdirSync(logs).filter((name) => name.includes('-json.log'))
      sizes.push(files.reduce((sum, name) => sum + statSync(join(logs, name)).size, 0))
    }
    expect(sizes[0]).toBeGreaterThan(5_000_000)
    expect(sizes[1]).toBeLessThan(400_000)
  })

  const listening = `services:\n  one: { image: "${image}", entrypoint: [redis-server, --protected-mode, "no"], ports: ["16379:6379"] }\n`
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address

  test.skipIf(outside === undefined)(
    'a published port is open to all, and 127.0.0.1 with !override is not',
    async () => {
      const ping = async (host: string) =>
        (
          await lab.docker([
            'run',
            '--rm',
            '--network=host',
            '--entrypoint=redis-cli',
            image,
            '-h',
            host,
            '-p',
            '16379',
            'ping',
          ])
        ).stdout.trim()
      const open = await start(listening)
      await vi.waitFor(async () => expect(await ping(outside ?? '')).toBe('PONG'), 20_000)
      await lab.down(open)
      const own = 'services:\n  one: { ports: !override ["127.0.0.1:16379:6379"] }\n'
      const closed = await start(listening, own)
      await vi.waitFor(async () => expect(await ping('127.0.0.1')).toBe('PONG'), 20_000)
      expect(await ping(outside ?? '')).toBe('')
      await lab.down(closed)
    },
  )

  test('a volume of the override with the same target replaces the writable one', async () => {
    const base = `services:\n  one: { image: "${image}", entrypoint: [sleep, "600"], volumes: ["./registry:/app/local_registry"] }\n`
    const write = async (folder: string) =>
      (await lab.compose(folder, ['exec', '-T', 'one', 'touch', '/app/local_registry/module.py']))
        .exitCode
    expect(await write(await start(base))).toBe(0)
    const own = 'services:\n  one: { volumes: ["./registry:/app/local_registry:ro"] }\n'
    expect(await write(await start(base, own))).not.toBe(0)
  })

  test('on-failure:3 gives up, unless-stopped goes on', async () => {
    const base = `services:\n  one: { image: "${image}", entrypoint: ["false"], restart: "on-failure:3" }\n`
    const given = await start(base)
    await vi.waitFor(
      async () =>
        expect(await inspect(given, '{{.State.Status}} {{.RestartCount}}')).toBe('exited 3'),
      30_000,
    )
    const going = await start(base, 'services:\n  one: { restart: unless-stopped }\n')
    await vi.waitFor(
      async () => expect(Number(await inspect(going, '{{.RestartCount}}'))).toBeGreaterThan(3),
      60_000,
    )
  })

  /**
   * The executors' image, whose `mount` has the file capabilities that Tracecat gives it from beta.48
   * on. Ours, which stands in for it, gets them here.
   */
  async function imageWithMount(): Promise<string> {
    const { stdout } = await lab.compose(exampleInstall(), ['config', '--images', 'executor'])
    const executor = stdout.split('\n')[0] ?? ''
    if (lab.real) return executor
    const give = 'chmod 755 /usr/bin/mount; setcap cap_sys_admin,cap_dac_override+ep /usr/bin/mount'
    for (const command of [
      ['run', '--name', imageOfOurs, '--user', '0', '--entrypoint', 'sh', executor, '-ec', give],
      ['commit', imageOfOurs, imageOfOurs],
      ['rm', imageOfOurs],
    ]) {
      const { exitCode, stderr } = await lab.docker(command)
      expect(exitCode, stderr).toBe(0)
    }
    return imageOfOurs
  }

  test('under no-new-privileges mount gets none of its file capabilities', async () => {
    const quiet = 'no-new-privileges:true'
    const appArmor = existsSync('/sys/kernel/security/apparmor') ? ', "apparmor:unconfined"' : ''
    const options = (...items: readonly string[]) =>
      `security_opt: ["seccomp:unconfined"${appArmor}${items.map((item) => `, "${item}"`).join('')}]`
    const rights = {
      privileged: `privileged: true, ${options()}`,
      'privileged-quiet': `privileged: true, ${options(quiet)}`,
      capabilities: `cap_add: [SYS_ADMIN], ${options()}`,
      'capabilities-quiet': `cap_add: [SYS_ADMIN], ${options(quiet)}`,
      'last-counts': `cap_add: [cap_sys_admin], ${options(quiet, 'no-new-privileges:false')}`,
      confined: `cap_drop: [ALL], ${options(quiet)}`,
    }
    // An artifact is a file system in a file, and needs a loop device; a tmpfs needs the right alone.
    const programs = {
      file: 'truncate -s 1M /tmp/one && /sbin/mkfs.ext2 -q /tmp/one && mount -t ext2 -o loop,ro /tmp/one /mnt',
      tmpfs: 'mount -t tmpfs none /mnt',
    }
    const image = await imageWithMount()
    const services = Object.entries(rights).flatMap(([level, how]) =>
      Object.entries(programs).map(
        ([what, program]) =>
          `  ${level}-${what}: { image: "${image}", user: "1001", entrypoint: [sh, -c, "${program}"], ${how} }\n`,
      ),
    )
    const folder = await start(`services:\n${services.join('')}`)
    const ended = await vi.waitFor(async () => {
      const states = [...(await lab.services(folder))]
      expect(states.filter(([, { state }]) => state !== 'exited')).toEqual([])
      return new Map(states.map(([service, { exitCode }]) => [service, exitCode]))
    }, 30_000)
    const { stdout: log } = await lab.compose(folder, ['logs', '--no-color'])
    const works = [...ended].filter(([, exitCode]) => exitCode === 0).map(([service]) => service)
    expect(works.sort(), log).toEqual([
      'capabilities-tmpfs',
      'last-counts-tmpfs',
      'privileged-file',
      'privileged-tmpfs',
    ])
    // Without the capability in reach the program does not even start; else it runs without.
    expect(ended.get('confined-tmpfs'), log).toBe(126)
    expect(ended.get('privileged-quiet-tmpfs'), log).toBe(32)
  })

  test('Caddy on port 80 needs no rights of its file, as another user either', async () => {
    const folder = await start(
      'services:\n  one: { image: "caddy:2.10.2-alpine", user: "1000", entrypoint: [caddy, respond, --listen, ":80", well], security_opt: ["no-new-privileges:true"] }\n',
    )
    const ask = 'curl -fsS http://127.0.0.1 || wget -qO- http://127.0.0.1'
    await vi.waitFor(
      async () =>
        expect(
          (await lab.compose(folder, ['exec', '-T', 'one', 'sh', '-c', ask])).stdout,
        ).toContain('well'),
      20_000,
    )
  })

  test('redis-cli exits 0 when it is refused: only PONG tells', async () => {
    const folder = await start(
      `services:\n  one: { image: "${image}", entrypoint: [redis-server, --requirepass, secret] }\n`,
    )
    const run = (script: string, ...env: string[]) =>
      lab.compose(folder, ['exec', '-T', ...env, 'one', 'sh', '-c', script])
    await vi.waitFor(
      async () =>
        expect(await run('redis-cli ping')).toMatchObject({
          exitCode: 0,
          stdout: expect.stringContaining('NOAUTH'),
        }),
      20_000,
    )
    expect((await run('redis-cli ping | grep -q PONG')).exitCode).toBe(1)
    expect(
      (await run('redis-cli ping | grep -q PONG', '-e', 'REDISCLI_AUTH=secret')).exitCode,
    ).toBe(0)
  })

  test('a named volume can be a folder of the host', async () => {
    const device = mkdtempSync(join(tmpdir(), 'premise-'))
    onTestFinished(() => rmSync(device, { recursive: true }))
    writeFileSync(join(device, 'file'), 'of the host')
    const folder = await start(
      `services:\n  one: { image: "${image}", entrypoint: [sleep, "600"], volumes: ["disk:/disk:ro"] }\nvolumes:\n  disk: { driver_opts: { type: none, o: "bind", device: "${device}" } }\n`,
    )
    const { stdout } = await lab.compose(folder, ['exec', '-T', 'one', 'cat', '/disk/file'])
    expect(stdout).toBe('of the host')
  })

  test('of an argument of Redis that stands twice the last one counts, and nopass beats a password', async () => {
    const asks = [
      ['--requirepass a --requirepass ""', 'PONG'],
      ['--requirepass "" --REQUIREPASS a', 'NOAUTH'],
      ['--requirepass a --user default on nopass "~*" +@all', 'PONG'],
    ]
    const folder = await start(
      `services:\n${asks
        .map(
          ([words], index) =>
            `  r${index}: { image: "${image}", command: 'redis-server ${words}' }\n`,
        )
        .join('')}`,
    )
    for (const [index, [, answer]] of asks.entries()) {
      const ping = ['exec', '-T', `r${index}`, 'redis-cli', 'ping']
      await vi.waitFor(
        async () => expect((await lab.compose(folder, ping)).stdout).toContain(answer),
        20_000,
      )
    }
  })
})
