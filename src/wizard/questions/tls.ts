import type { TlsAnswer } from '../../answers/answers.ts'
import { normalDomain, publicCertificateProblem } from '../../answers/host-name.ts'
import type { PartialAnswers } from '../../answers/schema.ts'
import { Failure } from '../../failure.ts'
import { checkCertificate } from '../../surroundings/certificate.ts'
import { type Draft, type Question, type WizardContext, withAnswers } from '../draft.ts'
import { lookUp } from '../name-here.ts'
import { listOf, problemOf } from '../problem.ts'
import type { Choice } from '../prompter.ts'

const words: { readonly [mode in TlsAnswer]: string } = {
  automatic: "Let's Encrypt, automatic",
  certificate: 'our own certificate and key',
  internal: 'self-signed, by an authority of this install',
  'load-balancer': 'a load balancer in front of this host',
}

const hints: { readonly [mode in TlsAnswer]: string } = {
  automatic: 'Renewed by itself; the Internet must reach port 80.',
  certificate: 'Two PEM files. You renew them.',
  internal: 'No Internet needed; computers must be told to trust it.',
  'load-balancer': 'TLS ends there; plain HTTP comes to this host.',
}

export const tls: Question = {
  id: 'tls',
  title: 'Certificate (TLS)',
  when: () => 'ask',
  show({ given }) {
    const mode = given.tls ?? 'automatic'
    const more =
      mode === 'certificate'
        ? given.certificate
        : mode === 'load-balancer'
          ? given.trustedProxies?.join(', ')
          : undefined
    return more === undefined ? words[mode] : `${words[mode]} (${more})`
  },
  async ask(draft, context) {
    const { prompter } = context
    const name = normalDomain(draft.given.domain ?? '')
    prompter.say(
      'Where does the certificate come from? Without one, passwords and API keys cross the network readable.',
    )
    const seen = await lookUp(context, name)
    for (const line of seen.lines) prompter.say(line)
    const impossible = publicCertificateProblem(name)
    if (impossible !== undefined) prompter.say(`${name} ${impossible}.`)
    const modes: TlsAnswer[] = ['automatic', 'certificate', 'internal', 'load-balancer']
    const mode = await prompter.choose<TlsAnswer>({
      message: 'Certificate (TLS):',
      choices: modes
        .filter((one) => one !== 'automatic' || impossible === undefined)
        .map((value): Choice<TlsAnswer> => ({ value, name: words[value], hint: hints[value] })),
      default: draft.given.tls ?? seen.proposed,
    })
    const rest = { certificate: undefined, certificateKey: undefined, trustedProxies: undefined }
    const acmeEmail = mode === 'automatic' ? draft.given.acmeEmail : undefined
    const clean = withAnswers(draft, { ...rest, acmeEmail, tls: mode })
    if (mode === 'certificate') return await askFiles(clean, draft.given, context)
    if (mode === 'load-balancer') return await askProxies(clean, draft.given, context)
    return clean
  },
}

async function askFiles(
  clean: Draft,
  before: PartialAnswers,
  context: WizardContext,
): Promise<Draft> {
  const { prompter } = context
  let { certificate, certificateKey } = before
  while (true) {
    prompter.say('Paths are relative to the install, or absolute. The key stays where it is.')
    const file = (
      message: string,
      key: 'certificate' | 'certificateKey',
      preset: string | undefined,
    ) => prompter.text({ message, default: preset, validate: (text) => problemOf({ [key]: text }) })
    certificate = await file(
      'Certificate with its chain (PEM):',
      'certificate',
      certificate ?? 'certs/tls.crt',
    )
    certificateKey = await file(
      'Its private key (PEM):',
      'certificateKey',
      certificateKey ?? 'certs/tls.key',
    )
    const domain = normalDomain(clean.given.domain ?? '')
    try {
      await checkCertificate(context.world, context.directory, {
        tls: 'certificate',
        domain,
        certificate,
        certificateKey,
      })
      prompter.say('Checked: the key belongs to the certificate, which is valid and for this name.')
      return withAnswers(clean, { certificate, certificateKey })
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      prompter.say(error.message, ...(error.remedy === undefined ? [] : [error.remedy]))
    }
  }
}

async function askProxies(
  clean: Draft,
  before: PartialAnswers,
  { prompter }: WizardContext,
): Promise<Draft> {
  prompter.say(
    'Only what the load balancer says about client addresses may count: from which networks does it come?',
  )
  const text = await prompter.text({
    message: 'Its networks:',
    default: before.trustedProxies?.join(', '),
    validate: (typed) =>
      listOf(typed).length === 0
        ? 'At least one is needed, such as 10.0.0.0/24.'
        : problemOf({ trustedProxies: listOf(typed) }),
  })
  return withAnswers(clean, { trustedProxies: listOf(text) })
}
