import { imageTagOf } from '../../release/image-tag.ts'
import { type Control, notApplicable, verdictOf } from '../control.ts'
import { setVariableTo } from '../edit.ts'
import { look, runInit, settingAt } from '../look.ts'
import { serviceOf, variableOf, whereVariable } from '../reading.ts'
import { changesNoImage } from './image-agreement.ts'

const variable = 'TEMPORAL__UI_VERSION'
/** What Temporal's own Compose example pairs with server 1.27. */
const paired = '2.34.0'

export const temporalUiVersion: Control = {
  meta: {
    id: 'temporal-ui-version',
    title: "Temporal's UI has a version",
    severity: 'medium',
    area: 'data',
    why: 'The stock .env asks for latest: every pull may bring another program, tested with another server, or one that somebody slipped in.',
    risk: 'Whoever gets an image published under that tag runs code beside Temporal, which accepts everybody on its network.',
    fix: 'A new install gets the version that Temporal pairs with this server. On a stack that has run, which image latest was is not in the files: you choose.',
    reference: 'https://hub.docker.com/r/temporalio/ui/tags',
  },
  inspect(c) {
    const image = serviceOf(c, 'temporal_ui')?.image
    if (image === undefined) return notApplicable('no service temporal_ui in this stack')
    return verdictOf([
      look(
        { ...settingAt(c, 'temporal_ui', ['image'], image), where: whereVariable(c, variable) },
        `a version, such as ${paired}`,
        imageTagOf(image) === 'latest' && {
          evidence: `${image}: whatever was published last`,
          remedy: c.facts.fresh
            ? runInit
            : `Set ${variable} to the version that runs: docker compose exec temporal_ui ./ui-server --version, or the tag in your registry; ${paired} goes with the stock server.`,
          standing: changesNoImage(c),
        },
      ),
    ])
  },
  harden(c) {
    const value = variableOf(c, variable)
    const free = value === undefined || value === 'latest'
    return value === paired || (free && c.facts.fresh)
      ? [setVariableTo(variable, paired, { keep: true })]
      : []
  },
}
