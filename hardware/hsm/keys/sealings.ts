import { FEATURES, type Feature } from '../capabilities/features.ts'

/** How working keys are wrapped, and what that needs of a token, in the order in which it is taken for new keys. */
export const SEALINGS = {
  /** RFC 5649. */
  'aes-kwp': { feature: 'key-wrap-pad' },
  /** AES-CBC with PKCS #7 padding (PKCS#11 3.1, 6.13.5), under a random vector. Safe since the seal is looked at before anything is unwrapped. */
  'aes-cbc-pad': { feature: 'key-wrap-cbc' },
} as const satisfies Record<string, { feature: Feature }>

export type SealingName = keyof typeof SEALINGS

/** The mechanisms of which a token needs one, for messages. */
export const SEALING_MECHANISMS = Object.values(SEALINGS)
  .map(({ feature }) => FEATURES[feature][0])
  .join(' or ')
