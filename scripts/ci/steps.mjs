/**
 * The steps of .ci/run. Those of one lane follow each other; the lanes run side by side, as the tests on
 * containers wait most of their time. A step waits for those that it names; it is left out where one of them
 * has failed.
 *
 * @typedef {object} Step
 * @property {string} name
 * @property {'code' | 'containers'} lane
 * @property {readonly string[]} after
 * @property {readonly string[]} command
 */

const isFull = process.env.TEST_FULL === '1'

/** What touches the platform: files, processes, signals, threads, the terminal. All tests with TEST_FULL=1. */
const platform = isFull
  ? []
  : [
      'test/world',
      'test/apply',
      'test/commands/cli.test.ts',
      'test/wizard/inquirer-prompter.test.ts',
    ]

/** On a terminal, before a Caddy, or the package alone: they need no lab, and run in the other lane. */
export const withoutContainers = [
  'test/e2e/edge.e2e.ts',
  'test/e2e/follow.e2e.ts',
  'test/e2e/transcripts.e2e.ts',
  'test/e2e/wizard.e2e.ts',
  'test/package/new-control.e2e.ts',
  'test/package/pack.e2e.ts',
  'test/package/threads.e2e.ts',
]

const reporters = ['--reporter=default', '--reporter=./scripts/ci/suites.mjs']

/**
 * @param {string} project
 * @param {...string} files only those whose paths hold one of these
 * @returns {readonly string[]}
 */
function vitest(project, ...files) {
  return [
    'node',
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    project,
    ...reporters,
    ...files,
  ]
}

/** @param {string} version */
const withNode = (version) => ['npx', '-y', '-p', `node@${version}`]
/** @param {string} script */
const npm = (script) => ['npm', 'run', '--silent', script]

/**
 * Tracecat's stock files, without which the tests that read them would be skipped: in CI that is an error.
 * @type {readonly Step[]}
 */
const stockFiles = process.env.TRACECAT_UPSTREAM
  ? []
  : [{ name: 'stock files', lane: 'code', after: ['npm ci'], command: npm('fetch-stock') }]

/** @type {readonly Step[]} */
export const steps = [
  { name: 'tools', lane: 'containers', after: [], command: ['.ci/tools'] },
  {
    name: 'end to end, on containers',
    lane: 'containers',
    after: ['tools', 'build'],
    command: vitest('e2e', ...withoutContainers.map((path) => `--exclude=${path}`)),
  },

  {
    name: 'npm ci',
    lane: 'code',
    after: [],
    command: ['npm', 'ci', '--no-audit', '--no-fund'],
  },
  ...stockFiles,
  { name: 'build', lane: 'code', after: ['npm ci'], command: npm('build') },
  { name: 'format and lint', lane: 'code', after: ['npm ci'], command: npm('lint') },
  { name: 'types', lane: 'code', after: ['npm ci'], command: npm('types') },
  { name: 'unused code', lane: 'code', after: ['npm ci'], command: npm('unused') },
  { name: 'package', lane: 'code', after: ['build'], command: npm('package-check') },
  // The command that README names.
  {
    name: 'unit tests',
    lane: 'code',
    after: ['tools', 'npm ci'],
    command: ['npm', 'test', '--', ...reporters],
  },
  {
    name: 'as root, attacked',
    lane: 'code',
    after: ['tools', 'npm ci'],
    command: vitest('root'),
  },
  ...['22', '24'].map((version) => ({
    name: `unit tests on Node ${version}`,
    lane: /** @type {const} */ ('code'),
    after: ['tools', 'npm ci'],
    command: [...withNode(version), ...vitest('unit', ...platform)],
  })),
  {
    name: 'init on real installs',
    lane: 'code',
    after: ['tools', 'npm ci'],
    command: vitest('product'),
  },
  { name: 'fuzz', lane: 'code', after: ['tools', 'npm ci'], command: vitest('fuzz') },
  {
    name: 'end to end, without containers',
    lane: 'code',
    after: ['tools', 'build'],
    command: vitest('e2e', ...withoutContainers),
  },
]
