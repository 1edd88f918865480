import { describe, expect, test } from 'vitest'
import type { YamlEdit } from '../../../src/controls/edit.ts'
import { Failure } from '../../../src/failure.ts'
import { editYaml } from '../../../src/plan/yaml/edit-yaml.ts'
import { add, remove, removeItem, set } from './edits.ts'

const file = 'docker-compose.override.yml'

interface Row {
  readonly name: string
  readonly before: string
  readonly edits: readonly YamlEdit[]
  readonly after: string
}

/** Lines without the indentation of the test's own source. */
function yaml(parts: TemplateStringsArray): string {
  const text = (parts.raw[0] ?? '').replace(/^\n/, '').replace(/[ ]*$/, '')
  const indent = /^ */.exec(text)?.[0].length ?? 0
  return text.replaceAll(new RegExp(`^ {${indent}}`, 'gm'), '')
}

const rows: readonly Row[] = [
  {
    name: 'an empty file: block style, quotes where YAML or Compose need them',
    before: '',
    edits: [
      set('services.redis.environment.REDISCLI_AUTH', '${REDIS_PASSWORD:?run init}'),
      set('services.redis.restart', 'no'),
      set('services.redis.stop_grace_period', '30s'),
      add('services.caddy.ports', '80:80'),
      add(
        'services.caddy.volumes',
        './caddy/Caddyfile:/etc/caddy/Caddyfile:ro',
        '/etc/caddy/Caddyfile',
      ),
      set('services.api.depends_on', {
        tag: '!override',
        data: { redis: { condition: 'service_started' } },
      }),
      set('services.api.command', { tag: '!reset', data: null }),
      set('configs.redis.content', 'requirepass ${REDIS_PASSWORD}\nappendonly yes\n'),
    ],
    after: yaml`
      services:
        redis:
          environment:
            REDISCLI_AUTH: "\${REDIS_PASSWORD:?run init}"
          restart: "no"
          stop_grace_period: 30s

        caddy:
          ports:
            - "80:80"
          volumes:
            - ./caddy/Caddyfile:/etc/caddy/Caddyfile:ro

        api:
          depends_on: !override
            redis:
              condition: service_started
          command: !reset null

      configs:
        redis:
          content: |
            requirepass \${REDIS_PASSWORD}
            appendonly yes
    `.replaceAll('\\$', '$'),
  },
  {
    name: 'nothing but a comment',
    before: '# ours to fill\n',
    edits: [set('services.api.privileged', true)],
    after: '# ours to fill\nservices:\n  api:\n    privileged: true\n',
  },
  {
    name: 'a document marker, and a comment below it',
    before: '---\n# empty so far\n',
    edits: [set('services.api.user', '1001')],
    after: '---\n# empty so far\nservices:\n  api:\n    user: "1001"\n',
  },
  {
    name: 'an empty flow mapping behind a document marker',
    before: '--- {} # nothing\n',
    edits: [set('a.b', 'c')],
    after: '---\na:\n  b: c\n# nothing\n',
  },
  {
    name: 'an empty value with a comment, and odd indentation',
    before: yaml`
      services:
         redis:   # cache
         # about api
         api: {}
      volumes:
    `,
    edits: [
      set('services.redis.read_only', true),
      set('services.api.environment.A', 'x'),
      set('volumes.data', null),
    ],
    after: yaml`
      services:
         redis:   # cache
            read_only: true
         # about api
         api:
            environment:
               A: x
      volumes:
         data: null
    `.replace('redis:   #', 'redis: #'),
  },
  {
    name: "list-form environment: edits, adds and removes items, in the list's own column",
    before: yaml`
      services:
        api:
          environment:
          # people
          - "NAME=old # value"   # quoted
          - KEEP=1
          - PASSED_ON
          - GONE=x # why it was here
          image: me
    `,
    edits: [
      set('services.api.environment.NAME', 'new: value'),
      set('services.api.environment.ADDED', '${X:?set it}'),
      set('services.api.environment.PASSED_ON', 'now set'),
      remove('services.api.environment.GONE'),
      remove('services.api.environment.MISSING'),
    ],
    after: yaml`
      services:
        api:
          environment:
          # people
          - "NAME=new: value"   # quoted
          - KEEP=1
          - PASSED_ON=now set
          # why it was here
          - "ADDED=\${X:?set it}"
          image: me
    `.replaceAll('\\$', '$'),
  },
  {
    name: 'behind an empty entry of a flow map, which Compose would else read as one named `mine:`',
    before: 'volumes: {mine: }\n',
    edits: [set('volumes.data', null)],
    after: 'volumes: {mine: , data: null }\n',
  },
  {
    name: 'flow maps and flow lists stay flow',
    before: 'services: {api: {environment: {A: 1, B: 2,}, ports: ["80:80"]}, "ui": }\n',
    edits: [
      set('services.api.environment.C', 'no'),
      remove('services.api.environment.A'),
      add('services.api.ports', '443:443'),
      set('services.ui.user', '0'),
    ],
    after:
      'services: {api: {environment: {B: 2, C: "no",}, ports: ["80:80", "443:443"]}, "ui": { user: "0" } }\n',
  },
  {
    name: 'flow collections over several lines keep a line for each entry, and their comments',
    before: yaml`
      services:
        api: {
          image: a, # the image
          user: b   # the user
        }
        ui:
          ports: [
            "80:80", # plain
            "443:443",
          ]
    `,
    edits: [
      set('services.api.read_only', true),
      remove('services.api.image'),
      add('services.ui.ports', '443:443/udp'),
    ],
    after: yaml`
      services:
        api: {
          # the image
          user: b,   # the user
          read_only: true
        }
        ui:
          ports: [
            "80:80", # plain
            "443:443",
            "443:443/udp",
          ]
    `,
  },
  {
    name: 'an alias becomes a mapping that keeps the rest, and so does a merged one',
    before: yaml`
      x-env: &env {A: 1}
      services:
        api:
          environment: *env # shared
        ui:
          environment:
            <<: *env
            OWN: "1"
        worker:
          environment: *env
    `,
    edits: [set('services.api.environment.B', '2'), set('services.ui.environment.A', 'x')],
    after: yaml`
      x-env: &env {A: 1}
      services:
        api:
          environment: # shared
            <<: *env
            B: "2"
        ui:
          environment:
            <<: *env
            OWN: "1"
            A: x
        worker:
          environment: *env
    `,
  },
  {
    name: 'an anchor that others use keeps its definition',
    before: yaml`
      services:
        api:
          environment: &env # for all
            A: "1" # one
        ui:
          environment: *env
    `,
    edits: [set('services.api.environment.B', '2')],
    after: yaml`
      services:
        api:
          environment:
            <<: &env # for all
              A: "1" # one
            B: "2"
        ui:
          environment: *env
    `,
  },
  {
    name: 'what is inherited without an anchor of its own is copied',
    before: yaml`
      x-base: &base
        environment: {A: "1"}
        cap_drop: [NET_RAW]
      services:
        api:
          <<: *base
    `,
    edits: [set('services.api.environment.B', '2'), add('services.api.cap_drop', 'SYS_PTRACE')],
    after: yaml`
      x-base: &base
        environment: {A: "1"}
        cap_drop: [NET_RAW]
      services:
        api:
          <<: *base
          environment:
            A: "1"
            B: "2"
          cap_drop:
            - NET_RAW
            - SYS_PTRACE
    `,
  },
  {
    name: 'an anchor that nobody uses stays on a replaced value',
    before: 'a: &name old\n',
    edits: [set('a', 'new')],
    after: 'a: &name new\n',
  },
  {
    name: 'CRLF, and no line break at the end',
    before: 'services:\r\n  api:\r\n    image: x # y\r\n    ports:\r\n    - "80:80"',
    edits: [add('services.api.ports', '443:443'), set('services.api.configs', ['a'])],
    after:
      'services:\r\n  api:\r\n    image: x # y\r\n    ports:\r\n    - "80:80"\r\n    - "443:443"\r\n    configs:\r\n    - a',
  },
  {
    name: 'a byte order mark, and tabs in comments',
    before: '\ufeffservices: #\ttop\n  api: #\tcolumn\n    image:\tx\t# y\n',
    edits: [set('services.api.image', 'z')],
    after: '\ufeffservices: #\ttop\n  api: #\tcolumn\n    image:\tz\t# y\n',
  },
  {
    name: 'block scalars, folded text and multi-line quotes around an edit',
    before: yaml`
      services:
        api:
          command: >-
            first
            second

          labels:
            note: "one
              two"
            script: |2
                indented
              last


          image: x
    `,
    edits: [set('services.api.labels.more', 'yes'), set('services.api.image', 'other')],
    after: yaml`
      services:
        api:
          command: >-
            first
            second

          labels:
            note: "one
              two"
            script: |2
                indented
              last
            more: "yes"


          image: other
    `,
  },
  {
    name: 'a block replaced by a scalar and the other way round: comments stay',
    before: yaml`
      services:
        api:
          command:   run me   # old
          logging: # none
            # inner
            driver: none # last
          image: x
    `,
    edits: [set('services.api.command', ['a', '-b']), set('services.api.logging', 'off')],
    after: yaml`
      services:
        api:
          command: # old
            - a
            - "-b"
          logging: "off" # none
          # inner
          # last
          image: x
    `,
  },
  {
    name: 'quoted, number-like and look-alike keys',
    before: yaml`
      services:
        "api":
          environment: { 'A': 1, a: 2 }
          labels: {8080: x}
        API:
          image: other
    `,
    edits: [set('services.api.environment.A', '3'), set('services.api.labels.8080', 'z')],
    after: yaml`
      services:
        "api":
          environment: { 'A': "3", a: 2 }
          labels: {8080: z}
        API:
          image: other
    `,
  },
  {
    name: 'numbers and truth values under environment read as text: left as they are',
    before: 'services:\n  api:\n    environment: {PORT: 80, FLAG: true}\n',
    edits: [
      set('services.api.environment.PORT', '80'),
      set('services.api.environment.FLAG', 'true'),
    ],
    after: 'services:\n  api:\n    environment: {PORT: 80, FLAG: true}\n',
  },
  {
    name: 'volumes by their target: short, long, with defaults in braces',
    before: yaml`
      services:
        caddy:
          volumes:
            - ./Caddyfile:/etc/caddy/Caddyfile # mine
            - type: volume
              source: old
              target: /data/
            - \${LOGS:-./logs}:/var/log:rw
    `.replaceAll('\\$', '$'),
    edits: [
      add(
        'services.caddy.volumes',
        './caddy/Caddyfile:/etc/caddy/Caddyfile:ro',
        '/etc/caddy/Caddyfile',
      ),
      add('services.caddy.volumes', 'caddy-data:/data', '/data'),
      add('services.caddy.volumes', 'logs:/var/log', '/var/log'),
      add('services.caddy.volumes', 'caddy-config:/config', '/config'),
    ],
    after: yaml`
      services:
        caddy:
          volumes:
            - ./caddy/Caddyfile:/etc/caddy/Caddyfile:ro # mine
            - caddy-data:/data
            - logs:/var/log
            - caddy-config:/config
    `,
  },
  {
    name: 'items: none twice, other forms of the list, tags kept',
    before: yaml`
      services:
        api:
          cap_add: [SYS_ADMIN]
          tmpfs: /run
          networks:
            core:
          extra_hosts: {a: 1.1.1.1}
          ports: !override
            - 80:80
    `,
    edits: [
      add('services.api.cap_add', 'SYS_ADMIN'),
      add('services.api.tmpfs', '/tmp'),
      add('services.api.networks', 'edge'),
      add('services.api.extra_hosts', 'b:2.2.2.2'),
      add('services.api.ports', '443:443'),
    ],
    after: yaml`
      services:
        api:
          cap_add: [SYS_ADMIN]
          tmpfs:
            - /run
            - /tmp
          networks:
            core:
            edge: null
          extra_hosts: {a: 1.1.1.1, b: "2.2.2.2"}
          ports: !override
            - 80:80
            - "443:443"
    `,
  },
  {
    name: 'removing: what becomes empty goes, comments and blank lines of others stay',
    before: yaml`
      services:
        redis:
          # a word on redis
          environment:
            A: "1" # beside

        api:
          cap_add:
            - SYS_ADMIN
            # on the last
            - NET_ADMIN

        ui:
          image: x
    `,
    edits: [
      remove('services.redis.environment.A'),
      removeItem('services.api.cap_add', 'NET_ADMIN'),
      remove('services.api.missing.deeper'),
    ],
    after: yaml`
      services:
          # a word on redis
        # beside

        api:
          cap_add:
            - SYS_ADMIN
            # on the last

        ui:
          image: x
    `,
  },
  {
    name: 'removing the last of all leaves the comments',
    before: '# top\nservices:\n  api:\n    image: x\n# end\n',
    edits: [remove('services.api.image')],
    after: '# top\n# end\n',
  },
  {
    name: 'a new service stands apart where the others do',
    before: 'services:\n  a:\n    image: x\n\n  b:\n    image: y\n\n# end\nvolumes: {}\n',
    edits: [set('services.c.image', 'z')],
    after:
      'services:\n  a:\n    image: x\n\n  b:\n    image: y\n\n  c:\n    image: z\n\n# end\nvolumes: {}\n',
  },
  {
    name: 'a network that is there in mapping form keeps its options',
    before: 'services:\n  api:\n    networks:\n      core:\n        aliases: [a]\n',
    edits: [add('services.api.networks', 'core'), add('services.api.networks', 'edge')],
    after:
      'services:\n  api:\n    networks:\n      core:\n        aliases: [a]\n      edge: null\n',
  },
  ...keepsBlankLines(),
  {
    name: 'a key without a colon stays, and gets a value where one is wanted',
    before:
      'services:\n  redis:\n    environment:\n      ? FOO\n  ? api # later\nvolumes:\n  ? data\n',
    edits: [
      set('services.redis.environment.A', 'b'),
      set('services.api.image', 'x'),
      set('volumes.more', null),
    ],
    after:
      'services:\n  redis:\n    environment:\n      ? FOO\n      A: b\n  api:\n    image: x # later\nvolumes:\n  ? data\n  more: null\n',
  },
  {
    name: 'a set becomes the mapping that Compose takes it for',
    before: 'services:\n  redis:\n    environment: !!set {FOO, BAR}\n    labels: !!set {A}\n',
    edits: [set('services.redis.environment.B', 'c')],
    after:
      'services:\n  redis:\n    environment:\n      FOO: null\n      BAR: null\n      B: c\n    labels: !!set {A}\n',
  },
  {
    name: 'an anchor on a key, and comments directly behind values, are what they are to Compose',
    before:
      'x-a:\n  &k key: 1\n  other: *k\nservices:\n  web:\n    image: "nginx:1"#pinned\n    labels:\n      a: >#note\n        text\n    ports: ["80:80"]#all\n',
    edits: [set('services.web.user', '1000'), add('services.web.ports', '443:443')],
    after:
      'x-a:\n  &k key: 1\n  other: *k\nservices:\n  web:\n    image: "nginx:1"#pinned\n    labels:\n      a: >#note\n        text\n    ports: ["80:80", "443:443"]#all\n    user: "1000"\n',
  },
]

/** A text that keeps the blank lines at its end takes them all: none may come or go behind it. */
function keepsBlankLines(): readonly Row[] {
  const note = '    labels:\n      note: |+\n        hello\n'
  return [
    {
      name: 'a new entry behind a text that keeps blank lines: in its service',
      before: `services:\n  web:\n    image: x\n\n  redis:\n    user: a\n\n${note}`,
      edits: [set('services.redis.init', true), set('services.b.init', true)],
      after: `services:\n  web:\n    image: x\n\n  redis:\n    user: a\n\n${note}    init: true\n  b:\n    init: true\n`,
    },
    {
      name: 'behind one at the top, with blank lines of its own',
      before: 'services:\n  a:\n    image: x\n\nx-note: >+\n  hello\n\n',
      edits: [set('volumes.v', null)],
      after: 'services:\n  a:\n    image: x\n\nx-note: >+\n  hello\n\nvolumes:\n  v: null\n',
    },
    {
      name: 'and taken out again behind one',
      before: `services:\n  a:\n    init: true\n\n  b:\n${note}\n  c:\n    init: true\n`,
      edits: [remove('services.c')],
      after: `services:\n  a:\n    init: true\n\n  b:\n${note}\n`,
    },
  ]
}

describe('editYaml', () => {
  test.each(rows)('$name', ({ before, edits, after }) => {
    expect(editYaml(before, edits, file)).toBe(after)
    expect(editYaml(after, edits, file)).toBe(after)
  })

  test('a new file can have comments', () => {
    const text = editYaml('', [set('services.redis.user', 'redis'), set('volumes.x', null)], file, {
      header: 'Written by us.\n\nSafe to commit.',
      above: { 'services.redis': 'Needs a password.', volumes: 'Kept.' },
    })
    expect(text).toBe(yaml`
      # Written by us.
      #
      # Safe to commit.

      services:
        # Needs a password.
        redis:
          user: redis

      # Kept.
      volumes:
        x: null
    `)
  })

  test.each([
    ['a', 'services:\n  a:\n    ports: !reset []\n', add('services.a.ports', '80:80'), 3],
    ['a list', 'x: 1\nservices:\n  - a\n', set('services.a.image', 'x'), 2],
    ['a single value', 'services:\n  a: text\n', set('services.a.image', 'x'), 2],
    [
      'a shared list',
      'services:\n  a:\n    cap_add: &c [X]\n  b:\n    cap_add: *c\n',
      add('services.a.cap_add', 'Y'),
      3,
    ],
    ['a key twice', 'a: 1\nb: 2\na: 3\n', set('b', '1'), 3],
    ['a key twice, once quoted', 'a:\n  1: x\n  "1": y\n', set('b', '1'), 3],
    ['a bracket missing', 'a: [1\nb: 2\n', set('b', '1'), 2],
    ['a tab as indentation', 'a:\n\tb: 1\n', set('b', '1'), 2],
    ['an unknown anchor', 'a: 1\nb: *x\n', set('c', '1'), 2],
    ['two documents', 'a: 1\n---\nb: 2\n', set('c', '1'), 3],
    ['a list at the top', '- a\n', set('c', '1'), 1],
  ])('refuses %s with file and line', (_, text, edit, line) => {
    const failure = thrown(() => editYaml(text, [edit], file))
    expect(failure).toBeInstanceOf(Failure)
    expect(failure).toMatchObject({ kind: 'badInput', where: { file, line } })
    expect(failure).toHaveProperty('remedy', expect.stringMatching(/\w/))
  })

  test('refuses what it cannot write without changing something else, and says what to write', () => {
    const text = 'services:\n  ? &name web\nx-name: *name\n'
    const edits = [set('services.web.init', true), set('services.api.image', 'x')]
    expect(thrown(() => editYaml(text, edits, file))).toMatchObject({
      kind: 'badInput',
      where: { file, line: 2 },
      lines: ['services:', '  web:', '    init: true', '', '  api:', '    image: x'],
    })
  })

  test('refuses what would fill the memory or the stack', () => {
    const levels = Array.from({ length: 12 }, (_, level) => {
      const items = Array.from({ length: 9 }, () => (level === 0 ? 'x' : `*a${level - 1}`))
      return `a${level}: &a${level} [${items.join(', ')}]\n`
    })
    const laughs = thrown(() => editYaml(levels.join(''), [set('b', '1')], file))
    expect(laughs).toMatchObject({ kind: 'badInput', where: { file } })
    const deep = thrown(() =>
      editYaml(`a: ${'['.repeat(20_000)}${']'.repeat(20_000)}`, [set('b', '1')], file),
    )
    expect(deep).toMatchObject({ kind: 'badInput', where: { file } })
  })

  test('a message quotes nothing of the file', () => {
    const failure = thrown(() =>
      editYaml('a: "hunter2\nb: hunter2: hunter2\n', [set('b', '1')], file),
    )
    expect(String(failure)).not.toContain('hunter2')
  })

  test('a large file takes no more than seconds', () => {
    const service = (index: number): string =>
      `  s${index}:\n    image: x # c\n    environment:\n      - A=${index}\n\n`
    const text = `services:\n${Array.from({ length: 500 }, (_, index) => service(index)).join('')}`
    const edits = Array.from({ length: 100 }, (_, index) =>
      set(`services.s${index * 5}.environment.B`, 'b'),
    )
    const started = performance.now()
    const after = editYaml(text, edits, file)
    expect(performance.now() - started).toBeLessThan(5_000)
    expect(after.split('\n').length).toBe(text.split('\n').length + 100)
  })
})

function thrown(run: () => unknown): unknown {
  try {
    run()
  } catch (error) {
    return error
  }
  throw new Error('nothing was thrown')
}
