import type { Question } from '../draft.ts'
import { domain } from './domain.ts'
import {
  acmeEmail,
  caBundle,
  executorPrivileges,
  keepPasswords,
  payloadEncryption,
  proxy,
} from './more.ts'
import { privateNetworks, signUpNetworks } from './networks.ts'
import { allowedDomains, superadmin } from './people.ts'
import { signIn } from './sign-in.ts'
import { tenancy } from './tenancy.ts'
import { tls } from './tls.ts'

/** Every question, in the order in which they are asked and reviewed. */
export const questions: readonly Question[] = [
  domain,
  tls,
  tenancy,
  signIn,
  allowedDomains,
  superadmin,
  privateNetworks,
  executorPrivileges,
  keepPasswords,
  signUpNetworks,
  acmeEmail,
  caBundle,
  proxy,
  payloadEncryption,
]
