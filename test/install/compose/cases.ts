/** A service, and what an override says of it; compared with Compose together with many others. */
export interface ServiceCase {
  readonly name: string
  readonly base: string
  readonly override?: string
}

/** The variables of every case. */
export const caseEnv = `SET=value
EMPTY=
PORT=8443
ADDRESS=127.0.0.1
FOLDER=/srv/data
LIMIT=1g
YES=true
SPACED='a b'
DOLLAR='p$$w'
FROM_ENV=inherited
`

/** What stands above every case's service. */
export const caseTop = `volumes: {vol: , wol: }
networks: {one: , two: }
configs: {cfg: {content: a}, cfg2: {file: ./cfg2}}
`

export const acceptedServices: readonly ServiceCase[] = [
  {
    name: 'scalars of YAML 1.1 and 1.2 in environment',
    base: `environment: {A: 1, B: 1.10, C: true, D: , E: "", F: 0x1F, G: 010, H: 1e3, I: yes, J: 1_000, K: .inf, L: 0o17, N: ~, O: 1e21, P: 100000000000000000000000, Q: -0, R: 1.0, S: 1:30, T: 0b11, U: +12, V: 1., W: .5, X: True, Y: 08, Z: 1e-7, AA: 0.00001, AB: 18446744073709551615, AC: -9223372036854775808, AD: .nan, AE: "1.10", AF: 12abc, AH: 0x, AI: "2020-01-01"}`,
  },
  {
    name: 'environment as a list',
    base: `environment: [A=1, B, C=, A=2, FROM_ENV, "D=x=y", "=q"]`,
  },
  {
    name: 'environment as a mapping over a list',
    base: `environment: [A=1, B=2]`,
    override: `environment: {B: 3, C: , D: "\${SET}"}`,
  },
  {
    name: 'environment as a list over a mapping',
    base: `environment: {A: 1, B: 2}`,
    override: `environment: [B=3, C]`,
  },
  {
    name: 'a null variable over a value',
    base: `environment: {A: 1}`,
    override: `environment: {A: }`,
  },
  { name: 'an empty environment over one', base: `environment: {A: 1}`, override: `environment:` },
  {
    name: 'substitution',
    base: `environment: {A: "\${SET}", B: "\${UNSET:-d}", C: "\${EMPTY:-d}", D: "\${EMPTY-d}", E: "\${SET:+alt}", F: "\${UNSET:-\${ALSO:-\${SET}}}", G: "$$SET", H: "\${DOLLAR}", I: "$SET.x", J: "\${UNSET:+\${X:-no}}\${SET:?yes}"}`,
  },
  {
    name: 'ports add up, equal ones once',
    base: `ports: ["80:80", "443:443"]`,
    override: `ports: ["80:80", "443:443/udp", "127.0.0.1:80:80", 81]`,
  },
  {
    name: 'ports in long form',
    base: `ports: [{target: 80, published: "80"}, {target: 81, published: 81, mode: host, host_ip: 1.2.3.4, protocol: udp, name: web}]`,
    override: `ports: ["80:80/tcp", {target: 82}]`,
  },
  {
    name: 'ranges of ports',
    base: `ports: ["90-92:90-92", "95-96:95", "200-201", "127.0.0.1:100-101:100-101/udp", "[::1]:97:97", "127.0.0.1::98", ":99"]`,
  },
  {
    name: 'ports from variables',
    base: `ports: ["\${ADDRESS:-0.0.0.0}:\${PORT}:\${PORT}", "\${EMPTY}:80"]`,
  },
  { name: 'a port published on two addresses', base: `ports: ["80:80", "0.0.0.0:80:80"]` },
  { name: '!override on ports', base: `ports: ["1:1"]`, override: `ports: !override ["2:2"]` },
  { name: '!reset on ports', base: `ports: ["1:1"]`, override: `ports: !reset []` },
  {
    name: '!override on an item does nothing',
    base: `ports: ["1:1"]`,
    override: `ports: [!override "2:2"]`,
  },
  {
    name: '!reset on an item of a list leaves it out',
    base: `environment: [A=1]`,
    override: `environment: [!reset A, B=1]`,
  },
  {
    name: '!reset on one variable',
    base: `environment: {A: 1, B: 2}`,
    override: `environment: {A: !reset null}`,
  },
  {
    name: '!reset on one variable does nothing to a list',
    base: `environment: [A=1, B=2]`,
    override: `environment: {A: !reset null}`,
  },
  {
    name: '!reset on a scalar',
    base: `privileged: true\nuser: a`,
    override: `privileged: !reset false\nuser: !reset ""`,
  },
  {
    name: '!reset on one key of a mapping',
    base: `healthcheck: {test: a, interval: 5s}`,
    override: `healthcheck: {interval: !reset 1s, retries: 2}`,
  },
  {
    name: '!reset of a required variable asks for nothing',
    base: `user: a`,
    override: `user: !reset "\${NOT_THERE:?why}"`,
  },
  {
    name: '!override below a mapping',
    base: `logging: {driver: a, options: {x: y}}`,
    override: `logging: {options: !override {z: w}}`,
  },
  {
    name: '!reset inside !override counts for nothing',
    base: `environment: {A: 1}`,
    override: `environment: !override {C: 3, D: !reset x}`,
  },
  { name: '!override makes a string of a scalar', base: `user: a`, override: `user: !override 5` },
  { name: '!reset in the first file', base: `user: !reset a\ntty: true` },
  {
    name: 'commands replace',
    base: `command: [a, b]\nentrypoint: e`,
    override: `command: c "d e"\nentrypoint: [f]`,
  },
  {
    name: 'an empty command over one',
    base: `command: a\nentrypoint: b`,
    override: `command:\nentrypoint: []`,
  },
  ...[
    'a;b',
    'a && b',
    '2> f',
    'a 2>f x',
    'a12>f',
    'a | b',
    '`ls -l` x',
    '$$(ls -l) x',
    'a\\ b',
    '""  "" c',
    "''",
    'x"y z"w',
    'a #b',
    '"a\\"b" \'c\\d\' "e\\d"',
    '"a(b)" \'c)\'',
    '$HOME $$HOME ${SPACED}',
    '',
    'a\tb\n c',
    '"a;b" c',
    "'it''s' \"q'q\"",
    'redis-server --appendonly yes',
    'server /data --console-address ":9001"',
  ].map((command) => ({
    name: `command ${JSON.stringify(command)}`,
    base: `command: ${JSON.stringify(command)}`,
  })),
  {
    name: 'volumes by target',
    base: `volumes: ["vol:/data", "./x:/y:ro", "/anon"]`,
    override: `volumes: ["wol:/data/", "./zz:/y", "vol:/new:nocopy"]`,
  },
  {
    name: 'a volume in long form over a short one',
    base: `volumes: ["vol:/data:ro"]`,
    override: `volumes: [{type: bind, source: ./x/../y/, target: /data, read_only: true}]`,
  },
  {
    name: 'paths on the host',
    base: `volumes: ["/abs//x/:/1", "~/h:/2", "~:/3", ".:/4", "../up:/5", "./a//b/../c/:/6", "\${FOLDER}:/7", "./c/:/d//e/../f/"]`,
  },
  {
    name: 'options of volumes',
    base: `volumes: ["/a:/a:ro,z", "/b:/b:rshared", "/c:/c:rw,Z", "/d:/d:ro,rw", "vol:/e:ro,cached"]`,
  },
  { name: 'one letter is a Windows drive', base: `volumes: ["v:/data", "C:\\\\x:/w"]` },
  { name: 'an empty list of volumes', base: `volumes: ["vol:/data"]`, override: `volumes: []` },
  {
    name: 'other volumes',
    base: `volumes: [{type: tmpfs, target: /t, tmpfs: {size: 10m}}, {type: volume, source: vol, target: /s, volume: {nocopy: true, subpath: x}}]\ntmpfs: /a`,
    override: `tmpfs: [/b, /a]`,
  },
  {
    name: 'healthcheck by key',
    base: `healthcheck: {test: ["CMD", "a"], interval: 90s, retries: 3}`,
    override: `healthcheck: {test: curl x, timeout: 1500ms, start_period: 1h30m}`,
  },
  {
    name: 'healthcheck disabled',
    base: `healthcheck: {test: ["CMD", "a"]}`,
    override: `healthcheck: {disable: true}`,
  },
  { name: 'healthcheck none', base: `healthcheck: {test: ["NONE"]}`, override: `healthcheck:` },
  {
    name: 'numbers and booleans from variables',
    base: `privileged: "\${YES}"\nread_only: \${NO:-false}\ninit: "\${YES}"\nhealthcheck: {test: a, retries: "\${R:-3}", interval: "\${I:-5s}", disable: "\${D:-false}"}\npids_limit: "\${P:--1}"\nmem_limit: \${LIMIT}`,
  },
  { name: 'words for booleans', base: `privileged: "on"\nread_only: "No"\ntty: "yes"` },
  {
    name: 'a boolean turned off',
    base: `privileged: true\nread_only: true`,
    override: `privileged: false`,
  },
  {
    name: 'depends_on as list and mapping',
    base: `depends_on: [x1, x2]`,
    override: `depends_on: {x1: {condition: service_healthy}, x3: {condition: service_started, restart: true}}`,
  },
  {
    name: 'depends_on as a list over a mapping',
    base: `depends_on: {x1: {condition: service_healthy, restart: true}}`,
    override: `depends_on: [x1, x2]`,
  },
  {
    name: '!reset on a dependency',
    base: `depends_on: {x1: {condition: service_healthy}, x2: {condition: service_started}}`,
    override: `depends_on: {x1: !reset null}`,
  },
  {
    name: 'implied dependencies',
    base: `links: ["x1:alias", x2]\nvolumes_from: ["x3:ro", "container:c"]\nipc: service:x4`,
  },
  { name: 'network_mode', base: `network_mode: service:x1` },
  {
    name: 'networks as list and mapping',
    base: `networks: [one]`,
    override: `networks: {two: {aliases: [q]}, one: {aliases: [r]}}`,
  },
  {
    name: 'aliases of networks',
    base: `networks: {one: {aliases: [q], priority: 1}}`,
    override: `networks: {one: {aliases: [q, r], ipv4_address: 1.2.3.4}}`,
  },
  {
    name: '!reset on networks leaves the default one',
    base: `networks: [one]`,
    override: `networks: !reset []`,
  },
  { name: '!override on networks', base: `networks: [one]`, override: `networks: !override [two]` },
  {
    name: 'options for confinement',
    base: `security_opt: ["a:b"]\ncap_add: [A]\ncap_drop: [ALL]\ndevices: ["/dev/x:/dev/x", "/dev/c:r"]\ngroup_add: [a, 1]`,
    override: `security_opt: ["seccomp:./f.json", "no-new-privileges:true"]\ncap_add: [B, A]\ncap_drop: [ALL]\ndevices: ["/dev/y:/dev/x", "/dev/z:/dev/z:rwm", "/dev/n", {source: /dev/q, target: /dev/w, permissions: r}]`,
  },
  {
    name: 'logging with one driver',
    base: `logging: {driver: json-file, options: {max-size: 10m}}`,
    override: `logging: {options: {max-file: 3, max-size: "5m"}}`,
  },
  {
    name: 'logging with another driver',
    base: `logging: {driver: json-file, options: {max-size: 10m}}`,
    override: `logging: {driver: local}`,
  },
  {
    name: 'extra_hosts as a list',
    base: `extra_hosts: ["a:1.1.1.1", "h:host-gateway", "v6:::1", "w6=[::1]"]`,
    override: `extra_hosts: {c: 3.3.3.3, a: 4.4.4.4, d: [5.5.5.5, 6.6.6.6]}`,
  },
  {
    name: 'extra_hosts with several addresses',
    base: `extra_hosts: ["a=1.1.1.1,2.2.2.2", "b:[::1],::2", "c=1.1.1.1,"]`,
    override: `extra_hosts: {d: "3.3.3.3,4.4.4.4"}`,
  },
  {
    name: 'extra_hosts twice',
    base: `extra_hosts: {a: 1.1.1.1}`,
    override: `extra_hosts: ["a=1.1.1.1", "b:2.2.2.2"]`,
  },
  {
    name: 'sizes',
    base: `mem_limit: 1.5gb\nmemswap_limit: 1 GiB\nshm_size: 128mb\nmem_reservation: 512b`,
  },
  { name: 'a size as a number', base: `mem_limit: 1000000` },
  {
    name: 'limits under deploy',
    base: `deploy: {resources: {limits: {memory: 512M, pids: 10, cpus: "0.5"}}}`,
    override: `deploy: {resources: {limits: {memory: 1G}}}`,
  },
  {
    name: 'configs by mount point',
    base: `configs: [cfg, {source: cfg2, target: /etc/x}]`,
    override: `configs: [{source: cfg, target: /etc/x}, {source: cfg2, target: /cfg}, cfg2]`,
  },
  {
    name: 'labels as list and mapping',
    base: `labels: {a: 1, b: true, c: }`,
    override: `labels: [a=2, d]`,
  },
  {
    name: 'merge keys',
    base: `<<: {user: q, hostname: zz}\nhostname: own\nenvironment: {<<: [{A: 1}, {A: 2, B: 2}], C: 3}`,
  },
  { name: 'anchors', base: `environment: &e {A: 1}\nlabels: *e\nuser: &u u\nhostname: *u` },
  {
    name: 'tags of YAML',
    base: `user: !!str 1000\nhostname: !own abc\nworking_dir: !!binary L3c=\nenvironment: {A: !!int "3", B: !!str true}`,
  },
  { name: 'block scalars', base: `command:\n  - |\n    a\n    b\n  - >-\n    c\n    d` },
  {
    name: 'an image and a name',
    base: `image: "r/i:\${TAG:-1}@x"\ncontainer_name: nn\nuser: "0:0"\nrestart: no`,
    override: `image:\nrestart: on-failure:3`,
  },
  ...[
    'user',
    'healthcheck',
    'depends_on',
    'networks',
    'privileged',
    'extra_hosts',
    'configs',
    'security_opt',
    'restart',
    'cap_add',
    'mem_limit',
    'ports',
    'labels',
  ].map((key) => ({
    name: `an empty ${key} over one changes nothing`,
    base: `${key}: ${{ user: 'a', healthcheck: '{test: a}', depends_on: '[x1]', networks: '[one]', privileged: 'true', extra_hosts: '["a:1.1.1.1"]', configs: '[cfg]', security_opt: '[a]', restart: 'always', cap_add: '[A]', mem_limit: '1g', ports: '["1:1"]', labels: '[a=b]' }[key]}`,
    override: `${key}:`,
  })),
  { name: 'extensions', base: `x-a: {q: 1}`, override: `x-a: {r: 2}` },
  { name: 'a short form of build', base: `build: .`, override: `build: {args: {X: 1}}` },
  {
    name: 'odds and ends',
    base: `stop_grace_period: 90s\nexpose: [80, "81", 80]\ndns: 1.1.1.1\nsysctls: {a: 1}\nworking_dir: /w\ntty: true`,
    override: `expose: ["80", "82"]\ndns: [2.2.2.2]\nsysctls: [b=2]`,
  },
]

export const refusedServices: readonly ServiceCase[] = [
  { name: 'a date in environment', base: `environment: {M: 2020-01-01}` },
  { name: 'a number in a list of variables', base: `environment: [1]` },
  { name: 'a string for environment', base: `environment: A=1` },
  { name: 'a string for ports', base: `ports: "80:80"` },
  { name: 'a number for user', base: `user: 1000` },
  { name: 'a list for image', base: `image2: x\nuser: [a]` },
  { name: 'an empty user in the first file', base: `user:` },
  { name: 'a key twice', base: `environment: {A: 1, A: 2}` },
  { name: 'a number for a key', base: `environment: {1: a}` },
  { name: 'a boolean for a key', base: `labels: {true: a}` },
  { name: 'a merge key that is no mapping', base: `<<: q` },
  { name: 'an open quote in a command', base: `command: it's` },
  { name: 'a bare parenthesis in a command', base: `command: (a)` },
  { name: 'a port that is none', base: `ports: ["a:b"]` },
  { name: 'a port beyond 65535', base: `ports: ["70000"]` },
  { name: 'IPv6 without brackets', base: `ports: ["::1:98:98"]` },
  { name: 'a host name before a port', base: `ports: ["localhost:81:81"]` },
  { name: 'no port', base: `ports: ["\${EMPTY}:\${EMPTY}"]` },
  { name: 'a volume with nothing before its colon', base: `volumes: ["\${EMPTY}:/data"]` },
  { name: 'a required variable', base: `user: "\${NOT_THERE:?say it}"` },
  { name: 'a malformed variable', base: `user: "\${NOT"` },
  { name: 'a boolean that is none', base: `privileged: perhaps` },
  { name: 'an empty boolean', base: `privileged: "\${EMPTY}"` },
  { name: 'a size that is none', base: `mem_limit: 10x` },
  {
    name: 'one security option twice',
    base: `security_opt: ["a:b"]`,
    override: `security_opt: ["a:b"]`,
  },
  { name: 'a list over a mapping', base: `healthcheck: {test: a}`, override: `healthcheck: [a]` },
  { name: 'a mapping over a list', base: `cap_add: [a]`, override: `cap_add: {a: b}` },
  { name: 'an empty logging over one', base: `logging: {driver: a}`, override: `logging:` },
  { name: 'a test without CMD', base: `healthcheck: {test: [a]}` },
  { name: 'an anchor within itself', base: `labels: &l {a: *l}` },
  {
    name: 'one target by two names',
    base: `volumes: [{type: volume, source: vol, target: /data}]`,
    override: `volumes: [{type: volume, source: wol, target: /data/}]`,
  },
]
