import { type Control, notApplicable, skipped } from '../control.ts'
import { authTypes } from './reading.ts'

export const databaseSettings: Control = {
  meta: {
    id: 'database-settings',
    title: 'Settings in the database agree with the files',
    severity: 'low',
    area: 'sign-in',
    why: "Some settings of an organization are kept in the database, where administrators change them in Tracecat, and beat the environment: in 0.53 SAML's metadata URL, and on every release the domains for SAML.",
    risk: 'Whoever administrates the organization can let in people whom the files exclude.',
    fix: "Files cannot tell. Look at the organization's settings in Tracecat.",
    reference: 'https://docs.tracecat.com/self-hosting/authentication',
  },
  inspect(c) {
    if (!authTypes(c).includes('saml')) return notApplicable('nobody signs in with SAML')
    return skipped(
      c.release.abilities.databaseDecidesSaml
        ? "undecided: the organization's own metadata URL and domains, in the database, beat SAML_IDP_METADATA_URL and the allowed domains"
        : "undecided: with SAML the organization's own domains, in the database, beat the allowed domains",
    )
  },
}
