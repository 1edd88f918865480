import { X509Certificate } from 'node:crypto'
import { isWithin, readTags, type Tag } from './xml.ts'

const saml = 'urn:oasis:names:tc:SAML:2.0:metadata'
const signature = 'http://www.w3.org/2000/09/xmldsig#'

/** What is wrong with SAML metadata, in a sentence; undefined where sign-in can work with it. */
export function metadataProblem(text: string, now: Date): string | undefined {
  const tags = readTags(text)
  if (typeof tags === 'string') return `What is there is no SAML metadata. ${tags}`
  const [root] = tags
  const entities = tags.filter((tag) => is(tag, saml, 'EntityDescriptor'))
  if (root === undefined || entities.length === 0) {
    return `What is there is no SAML metadata: it begins with <${root?.name ?? ''}>, not with <EntityDescriptor>.`
  }
  if ((entities[0]?.attributes.get('entityID') ?? '') === '')
    return 'The metadata name no entityID.'
  if (!tags.some((tag) => is(tag, saml, 'IDPSSODescriptor'))) {
    return 'The metadata are not those of an identity provider (no IDPSSODescriptor): maybe those of an application.'
  }
  const service = tags.find(
    (tag) => is(tag, saml, 'SingleSignOnService') && isWithin(tag, 'IDPSSODescriptor'),
  )
  const location = service?.attributes.get('Location')
  if (location === undefined)
    return 'The metadata have no address to sign in at (SingleSignOnService).'
  if (!/^https:\/\//i.test(location))
    return `The address to sign in at is ${location}, which is not https.`
  return certificateProblem(tags, now)
}

function certificateProblem(tags: readonly Tag[], now: Date): string | undefined {
  const texts = signingCertificates(tags)
  if (texts.length === 0)
    return 'The metadata have no signing certificate: what the provider says could not be checked.'
  const certificates = texts.map(parse)
  if (certificates.includes(undefined))
    return 'The signing certificate in the metadata cannot be read.'
  const valid = certificates.filter((one) => one !== undefined && new Date(one.validTo) > now)
  return valid.length > 0
    ? undefined
    : `The signing certificate in the metadata expired on ${certificates[0]?.validTo}.`
}

/** Keys of the provider that are for signing, or for everything. */
function signingCertificates(tags: readonly Tag[]): readonly string[] {
  const found: string[] = []
  let counts = false
  for (const tag of tags) {
    if (is(tag, saml, 'KeyDescriptor')) {
      counts = isWithin(tag, 'IDPSSODescriptor') && tag.attributes.get('use') !== 'encryption'
    }
    if (counts && is(tag, signature, 'X509Certificate') && isWithin(tag, 'KeyDescriptor'))
      found.push(tag.text)
  }
  return found
}

function parse(text: string): X509Certificate | undefined {
  try {
    return new X509Certificate(Buffer.from(text.replace(/\s+/g, ''), 'base64'))
  } catch {
    return undefined
  }
}

function is(tag: Tag, namespace: string, name: string): boolean {
  return tag.name === name && tag.namespace === namespace
}
