import { posix } from 'node:path'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look } from '../look.ts'
import { variableOf, whereVariable } from '../reading.ts'

export const overrideLoaded: Control = {
  meta: {
    id: 'override-loaded',
    title: 'Compose reads the hardening override',
    severity: 'critical',
    area: 'host',
    why: 'COMPOSE_FILE, -f, or a compose.override.yml beside it make Compose ignore docker-compose.override.yml without a word.',
    risk: 'The URL has a password and Redis demands none; the executor has no sandbox while .env says so.',
    fix: 'The override that Compose would load is the one that is written; where COMPOSE_FILE is set in .env, ours is added to it last.',
    reference: 'https://docs.docker.com/compose/how-tos/multiple-compose-files/merge/',
  },
  inspect(c) {
    const { overridePath, files, sources } = c.install
    if (sources.length === 0) return notApplicable('there is no Compose file')
    const loaded = sources.some(
      ({ file }) => posix.normalize(file) === posix.normalize(overridePath),
    )
    if (!loaded && !files.has(overridePath) && c.answers === undefined)
      return notApplicable('there is no override of ours yet')
    const value = sources.map(({ file }) => file).join(', ')
    return verdictOf([
      look(
        {
          subject: 'the files that Compose reads',
          where:
            variableOf(c, 'COMPOSE_FILE') === undefined
              ? { file: overridePath }
              : whereVariable(c, 'COMPOSE_FILE'),
          value,
        },
        `${overridePath} among them`,
        !loaded && {
          evidence: `Compose reads ${value}, not ${overridePath}`,
          remedy: c.facts.shell.has('COMPOSE_FILE')
            ? `COMPOSE_FILE of this shell leaves it out: unset COMPOSE_FILE, or add :${overridePath} to it.`
            : `Run tracecat-harden init; where Compose is started with -f, add -f ${overridePath} as the last one.`,
        },
      ),
    ])
  },
  harden(c) {
    const list = variableOf(c, 'COMPOSE_FILE')
    if (list === undefined) return []
    const separator = variableOf(c, 'COMPOSE_PATH_SEPARATOR') ?? ':'
    const { overridePath } = c.install
    const names = list.split(separator)
    if (names.some((name) => posix.normalize(name) === posix.normalize(overridePath)))
      return [setVariableTo('COMPOSE_FILE', list)]
    return [setVariableTo('COMPOSE_FILE', `${list}${separator}${overridePath}`)]
  },
}
