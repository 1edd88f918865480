import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { Answers } from '../answers/answers.ts'
import { Failure } from '../failure.ts'
import { readInstallFile } from '../live/read-files.ts'
import type { World } from '../world/world.ts'

/**
 * Checks the admin's own certificate before Caddy would stop at it: readable PEM, the key belongs to
 * it, it has not expired, and it is for the domain.
 * @throws Failure('badInput') that names the file and what is wrong with it
 */
export async function checkCertificate(
  world: World,
  directory: string,
  answers: Pick<Answers, 'tls' | 'certificate' | 'certificateKey' | 'domain'>,
): Promise<void> {
  if (
    answers.tls !== 'certificate' ||
    answers.certificate === undefined ||
    answers.certificateKey === undefined
  )
    return
  const certificate = parse(
    answers.certificate,
    await required(world, directory, answers.certificate),
    (pem) => new X509Certificate(pem),
  )
  const key = parse(
    answers.certificateKey,
    await required(world, directory, answers.certificateKey),
    (pem) => createPrivateKey(pem),
  )
  if (!certificate.checkPrivateKey(key)) {
    throw wrong(
      answers.certificateKey,
      `is not the key of ${answers.certificate}.`,
      'Name the key that the certificate was made with.',
    )
  }
  const now = world.now()
  if (new Date(certificate.validTo) <= now)
    throw wrong(answers.certificate, `expired on ${certificate.validTo}.`, 'Renew it first.')
  if (new Date(certificate.validFrom) > now)
    throw wrong(
      answers.certificate,
      `is not valid before ${certificate.validFrom}.`,
      'Wait, or check the clock of this host.',
    )
  if (certificate.checkHost(answers.domain) === undefined) {
    throw wrong(
      answers.certificate,
      `is not for ${answers.domain}; it names ${certificate.subjectAltName ?? certificate.subject}.`,
      'Use a certificate for the domain, or change the domain.',
    )
  }
}

/**
 * The public authorities and the company's, in one PEM text. A file of ours that has them already
 * stays, so that another version of Node does not change it.
 * @throws Failure('badInput') where the file holds no certificates
 */
export async function makeTrustBundle(
  world: World,
  directory: string,
  answers: Answers,
  current: string | undefined,
): Promise<string | undefined> {
  if (answers.caBundle === undefined) return undefined
  const pem = await required(world, directory, answers.caBundle)
  const own = pem.match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g) ?? []
  if (own.length === 0)
    throw wrong(
      answers.caBundle,
      'holds no certificate in PEM form.',
      'Export the certificate of the authority as PEM.',
    )
  for (const one of own) parse(answers.caBundle, one, (text) => new X509Certificate(text))
  const tail = `${own.map((one) => one.trim()).join('\n')}\n`
  if (current?.endsWith(tail) === true) return current
  return `${world.publicAuthorities().join('\n')}\n${tail}`
}

async function required(world: World, directory: string, path: string): Promise<string> {
  const file = await readInstallFile(world, directory, path)
  if (file !== undefined) return file.text
  throw wrong(
    path,
    'does not exist.',
    'Paths in the answers are relative to the install, or absolute.',
  )
}

function parse<T>(path: string, pem: string, read: (pem: string) => T): T {
  try {
    return read(pem)
  } catch {
    const encrypted = /ENCRYPTED/.test(pem)
    throw wrong(
      path,
      encrypted ? 'is encrypted: Caddy cannot ask for its passphrase.' : 'is not in PEM form.',
      encrypted
        ? 'Give Caddy a key without a passphrase, readable by root only.'
        : 'Certificates and keys must be PEM text.',
    )
  }
}

function wrong(path: string, what: string, remedy: string): Failure {
  return new Failure('badInput', `${path} ${what}`, { where: { file: path }, remedy })
}
