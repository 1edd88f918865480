import { describe, expect, test } from 'vitest'
import { caddySource } from '../../../src/install/caddyfile/mounted.ts'
import { resolveCompose } from '../../../src/install/compose/resolve.ts'

function sourceOf(service: string, top = ''): ReturnType<typeof caddySource> {
  const text = `services:\n  caddy: ${service}\n${top}`
  const { model } = resolveCompose([{ file: 'compose.yaml', text }], new Map([['PWD', '/in']]), {
    projectDirectory: '/in',
  })
  const caddy = model.services.get('caddy')
  if (caddy === undefined) throw new Error('there is a caddy')
  return caddySource(caddy)
}

const image = 'image: caddy:2.10'
const usual = '/etc/caddy/Caddyfile'
const mount = (text: string) => `{${image}, volumes: ["${text}"]}`

describe('the file that Caddy reads', () => {
  test.each([
    ['a file', mount('./Caddyfile:/etc/caddy/Caddyfile:ro'), '/in/Caddyfile', usual],
    ['a variable', mount(`\${EDGE:-./edge}/Caddyfile:${usual}`), '/in/edge/Caddyfile', usual],
    ["the shell's folder", mount(`\${PWD}/Caddyfile:${usual}`), '/in/Caddyfile', usual],
    ['an absolute path', mount(`/srv/edge/Caddyfile:${usual}`), '/srv/edge/Caddyfile', usual],
    ['its folder', mount('./edge:/etc/caddy/'), '/in/edge/Caddyfile', usual],
    ['a folder above', mount('./root:/etc'), '/in/root/caddy/Caddyfile', usual],
    [
      'a file in a folder that is mounted, too',
      `{${image}, volumes: ["./edge:/etc/caddy", "./own:${usual}"]}`,
      '/in/own',
      usual,
    ],
    [
      'one that its command names',
      `{${image}, command: caddy run --config /cfg/soar.caddyfile, volumes: ["./cfg:/cfg"]}`,
      '/in/cfg/soar.caddyfile',
      '/cfg/soar.caddyfile',
    ],
    [
      'one that a shell names, relative to the working directory',
      `{${image}, working_dir: /w, entrypoint: [sh, -c, "sleep 1 && caddy run -c Caddyfile.prod"], volumes: [".:/w"]}`,
      '/in/Caddyfile.prod',
      '/w/Caddyfile.prod',
    ],
    [
      'one with an adapter',
      `{${image}, command: ["caddy", "run", "--config=/w/site", "--adapter", "caddyfile"], volumes: ["./w:/w"]}`,
      '/in/w/site',
      '/w/site',
    ],
  ])('%s', (_, service, path, target) => {
    expect(sourceOf(service)).toEqual({ kind: 'file', path, target })
  })

  test.each([
    ['JSON', `{${image}, command: caddy run --config /etc/caddy/caddy.json}`, /no Caddyfile/],
    ['another adapter', `{${image}, command: caddy run -c /x/Caddyfile -a nginx}`, /no Caddyfile/],
    ['no configuration', `{${image}, command: caddy file-server}`, /file-server/],
    ['a volume', `{${image}, volumes: ["edge:/etc/caddy"]}`, /the volume edge/],
    ['memory', `{${image}, volumes: [{type: tmpfs, target: /etc/caddy}]}`, /volume/],
    ['a config', `{${image}, configs: [{source: c, target: ${usual}}]}`, /Compose config c/],
    ["an image of the admin's", '{image: registry.example.com/edge:3}', /of its image/],
    ['a build', '{build: ./edge}', /of its image/],
  ])('is hidden in %s', (_, service, why) => {
    const top = 'volumes: {edge: {}}\nconfigs: {c: {content: "x"}}\n'
    expect(sourceOf(service, top)).toMatchObject({
      kind: 'hidden',
      why: expect.stringMatching(why),
    })
  })

  test.each([
    'caddy',
    'caddy:2@sha256:abc',
    'docker.io/library/caddy:2',
  ])('is the welcome page of %s where nothing is mounted', (name) => {
    expect(sourceOf(`{image: "${name}"}`)).toEqual({ kind: 'image', target: usual })
  })
})
