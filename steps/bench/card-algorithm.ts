import { type Algorithm, CRYPTOGRAM_FAMILIES } from '../../simulators/card/cryptogram.ts'
import type { CardProfile } from '../../simulators/card/profile.ts'
import { ConfigurationError } from './profile.ts'

/** The kind of key that the issuer must make for a profile; that all its applications take it is checked when it is personalised. */
export function algorithmOf({ name, applications: [application] }: CardProfile): Algorithm {
  if (application === undefined)
    throw new ConfigurationError(`expected card profile ${name} to have an application`)
  const { algorithm } = CRYPTOGRAM_FAMILIES[application.generateAc.cryptogram]
  if (algorithm !== 'emv') return algorithm
  throw new ConfigurationError(
    `expected card profile ${name} to have testKeys: the issuer makes no keys of this kind`,
  )
}
