/** A whole folder. */
export interface FolderCase {
  readonly name: string
  readonly files: Readonly<Record<string, string>>
  readonly shell?: Readonly<Record<string, string>>
}

const one = (text: string, override?: string, env = ''): FolderCase['files'] => ({
  'docker-compose.yml': text,
  ...(override === undefined ? {} : { 'docker-compose.override.yml': override }),
  '.env': env,
})

export const acceptedFolders: readonly FolderCase[] = [
  {
    name: 'a name from the file',
    files: one('name: ${N:-foo}\nservices: {a: {image: "x$COMPOSE_PROJECT_NAME"}}'),
  },
  {
    name: 'a name from .env',
    files: one(
      'name: foo\nservices: {a: {image: x, volumes: ["q:/q"]}}\nvolumes: {q: }',
      undefined,
      'COMPOSE_PROJECT_NAME=bar',
    ),
  },
  {
    name: 'a name to be put right',
    files: one('name: _Foo Bar\nservices: {a: {image: x}}', 'name: Baz'),
  },
  {
    name: 'a name from the shell',
    files: one('services: {a: {image: x}}', undefined, 'COMPOSE_PROJECT_NAME=bar'),
    shell: { COMPOSE_PROJECT_NAME: 'shell' },
  },
  {
    name: 'the shell beats .env',
    files: one('services: {a: {image: "$A$B"}}', undefined, 'A=1\nB=2'),
    shell: { A: 'shell' },
  },
  {
    name: 'profiles',
    files: one(
      'services: {a: {image: x, profiles: [p, q]}, b: {image: y}, c: {image: z, profiles: [r]}}',
      undefined,
      'COMPOSE_PROFILES=z, q',
    ),
  },
  {
    name: 'all profiles',
    files: one(
      'services: {a: {image: x, profiles: [p]}, b: {image: y}}',
      undefined,
      'COMPOSE_PROFILES=*',
    ),
  },
  { name: 'no profile', files: one('services: {a: {image: x, profiles: [p]}, b: {image: y}}') },
  {
    name: 'CRLF',
    files: one(
      'services:\r\n  a:\r\n    image: x\r\n    environment:\r\n      - A=1\r\n      - |\r\n        B=2\r\n        3\r\n',
      'services:\r\n  a:\r\n    environment:\r\n      A: !reset null\r\n',
    ),
  },
  { name: 'a byte order mark', files: one('\ufeffservices: {a: {image: x}}') },
  {
    name: 'several documents',
    files: one(
      'services: {a: {image: x, environment: [A=1]}}\n---\nservices: {a: {environment: {B: 2}, user: u}}\n',
    ),
  },
  { name: 'an empty override', files: one('services: {a: {image: x}}', '') },
  { name: 'an override of comments', files: one('services: {a: {image: x}}', '# nothing\n') },
  {
    name: 'an override without services',
    files: one('services: {a: {image: x, volumes: ["v1:/d"]}}', 'volumes: {v1: {name: q}}'),
  },
  {
    name: '!reset through an anchor used twice does nothing',
    files: one(
      'services: {a: {image: x, ports: ["1:1"]}}',
      'x-r: &r\n  ports: !reset []\nservices:\n  a:\n    <<: *r\n',
    ),
  },
  {
    name: '!reset in an anchor first used in place',
    files: one(
      'services: {a: {image: x, ports: ["1:1"]}, b: {image: x, ports: ["2:2"]}}',
      'services:\n  a: &r\n    ports: !reset []\n  b:\n    <<: *r\n',
    ),
  },
  {
    name: '!override through an anchor',
    files: one(
      'services: {a: {image: x, ports: ["1:1"]}}',
      'x-r: &r\n  ports: !override ["2:2"]\nservices:\n  a:\n    <<: *r\n',
    ),
  },
  {
    name: '!reset on a service',
    files: one('services: {a: {image: x}, b: {image: y}}', 'services: {b: !reset null}'),
  },
  {
    name: '!override on a service',
    files: one('services: {a: {image: x, tty: true}}', 'services: {a: !override {image: y}}'),
  },
  {
    name: 'names with dots',
    files: one(
      'services: {a.b: {image: x, environment: {A: 1}, command: q}}',
      'services: {a.b: {environment: [B=2], command: [w]}}',
    ),
  },
  {
    name: 'an anchor named twice',
    files: one('x-a: &z 1\nservices: {a: {image: x, user: &z "u", hostname: *z}}'),
  },
  {
    name: 'three files',
    files: {
      ...one(''),
      'a.yml': 'services: {a: {image: x, environment: {A: 1, B: 2}, ports: ["1:1"]}}',
      'b.yml': 'services: {a: {environment: [C=3], ports: ["2:2"]}}',
      'c.yml': 'services: {a: {environment: {A: !reset null, C: 4}, ports: !override ["3:3"]}}',
      '.env': 'COMPOSE_FILE=a.yml:b.yml:c.yml',
    },
  },
  {
    name: 'volumes, networks and configs',
    files: one(
      'services: {a: {image: x, volumes: ["v1:/1", "v2:/2", "v3:/3", "v5:/5"], networks: [n1, n2, default], configs: [c1, c2]}}\nvolumes:\n  v1:\n  v2: {external: true}\n  v3: {driver: local, driver_opts: {o: bind, type: none, device: ./x}, labels: [a=b]}\n  v4:\n  v5: {name: five}\nnetworks:\n  n1: {internal: true, driver_opts: {a: 1}}\n  n2: {external: true, name: zz}\n  default: {attachable: true}\nconfigs:\n  c1: {file: ./f}\n  c2: {content: "a$${B} ${C:-d}\\n"}\n',
      'networks: {n1: {internal: false}}\nconfigs: {c2: {content: "${PASS}"}}\nvolumes: {v3: {labels: {c: d}}}',
      "PASS='p$$w'",
    ),
  },
  {
    name: 'extensions at the top',
    files: one('x-a: {q: 1}\nx-date: 2020-01-01\nservices: {a: {image: x}}', 'x-a: {r: 1}'),
  },
  { name: 'a version', files: one('version: "3.8"\nservices: {a: {image: x}}') },
]

export const refusedFolders: readonly FolderCase[] = [
  { name: 'an empty file', files: one('') },
  { name: 'a list', files: one('- a\n') },
  { name: 'empty services', files: one('services:\n') },
  { name: 'empty services in an override', files: one('services: {a: {image: x}}', 'services:\n') },
  { name: 'an empty service', files: one('services: {a: {image: x}, b: }') },
  { name: 'a tab', files: one('services:\n\ta: {image: x}') },
  { name: 'an open bracket', files: one('services: {a: {image: [x}}') },
  { name: 'an unknown alias', files: one('services: {a: {image: *x}}') },
  {
    name: 'a required variable in an extension',
    files: one('x-a: "${X:?say it}"\nservices: {a: {image: x}}'),
  },
]
