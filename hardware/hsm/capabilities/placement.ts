import { SEALING_MECHANISMS, SEALINGS } from '../keys/sealings.ts'
import { type Capabilities, FEATURES, type Feature } from './features.ts'

/** Where the key of an operation is while it works. */
export type Place = 'in token' | 'clear in signer' | 'not possible'

interface Need {
  readonly features: readonly Feature[]
  /** Whether the signer can do it itself, with the key in its memory. */
  readonly clear: boolean
  /** What the token must have though the key is in the signer: the part that another key does. */
  readonly beside?: readonly Feature[]
  /** What no token has, and this operation would need to be done inside. */
  readonly lacks?: string
}

const PLACES: readonly Place[] = ['in token', 'clear in signer', 'not possible']

/**
 * What each operation needs of the token, by operation and kind of key. All need one of {@link SEALINGS} and HMAC as well: without them no
 * working key comes into the token.
 */
export const NEEDS = {
  'VerifyArqc aes-128': inToken('aes-ecb', 'aes-cbc-derive', 'aes-cmac'),
  'VerifyArqc ec-p256': inToken('ec-p256'),
  // Cards know RFC 5649 alone.
  'GenerateCardKey aes-128': inToken('key-wrap-pad', 'aes-ecb'),
  'GenerateCardKey ec-p256': inToken('key-wrap-pad', 'ec-p256'),
  'GenerateKey aes': inToken('aes-ecb'),
  'GenerateKey tdes-2': orClear('tdes-ecb', 'tdes-2'),
  'GenerateKey tdes-3': inToken('tdes-ecb'),
  'GenerateKey tdes for retail MAC': orClear('tdes-ecb', 'tdes-2', 'tdes-ecb-derive'),
  'GenerateKey hmac': inToken('hmac'),
  // The value comes in the clear, whatever the token can do.
  'ImportKey aes': onlyClear('aes-ecb'),
  'ImportKey tdes': onlyClear('tdes-ecb'),
  'ImportKey hmac': onlyClear('hmac'),
  ImportPublicKey: inToken('hmac'),
  'GenerateKeyPair ec-p256': inToken('ec-p256'),
  'GenerateKeyPair ec-secp256k1': inToken('ec-secp256k1'),
  'GenerateKeyPair ed25519': inToken('ed25519'),
  'GenerateKeyPair rsa-2048': inToken('rsa-2048'),
  'GenerateKeyPair rsa-3072': inToken('rsa-3072'),
  'Sign ec-p256': inToken('ec-p256'),
  'Sign ec-secp256k1': inToken('ec-secp256k1'),
  'Sign ed25519': inToken('ed25519'),
  'Sign rsa pkcs1': inToken('rsa-pkcs1'),
  'Sign rsa pss': inToken('rsa-pss'),
  'Mac aes-cmac': orClear('aes-cmac'),
  'Mac tdes-cmac': orClear('tdes-cmac'),
  'Mac hmac-sha256': inToken('hmac'),
  'Mac retail': orClear('tdes-ecb', 'tdes-cbc'),
  'Cipher aes-ecb': inToken('aes-ecb'),
  'Cipher aes-cbc': inToken('aes-cbc'),
  'Cipher tdes-ecb': inToken('tdes-ecb'),
  'Cipher tdes-cbc': inToken('tdes-cbc'),
  'GenerateKcv aes': inToken('aes-ecb'),
  'GenerateKcv tdes': inToken('tdes-ecb'),
  'GenerateKcv hmac': inToken('hmac'),
  'Dukpt aes-128': orClear('aes-ecb', 'aes-cbc-derive'),
  'Dukpt aes-256': orClear('aes-ecb', 'aes-ecb-derive'),
  // Halves of keys are data of its derivation (X9.24-1:2009, Annex A).
  'Dukpt tdes-2': inSigner('a derivation of TDES DUKPT'),
  Cvv: orClear('tdes-ecb', 'tdes-cbc'),
  'Cvv of a card key': orClear('tdes-ecb', 'tdes-cbc', 'tdes-ecb-derive'),
  'IssuerCryptogram tdes-2': orClear('tdes-ecb', 'tdes-cbc', 'tdes-ecb-derive'),
  'IssuerCryptogram aes-128': orClear('aes-cbc-derive', 'aes-cmac'),
  'IssuerCryptogram aes-256': orClear('aes-ecb-derive', 'aes-cmac'),
  ExportWorkingKey: inSigner('a mechanism for key blocks'),
  ImportWorkingKey: inSigner('a mechanism for key blocks'),
  TranslateKey: inSigner('a mechanism for key blocks'),
  // The envelope is around the clear key; the host's key signs, and the device's opens, in the token.
  ExportTr34: inSigner('a mechanism for TR-34', 'rsa-pkcs1'),
  ImportTr34: inSigner('a mechanism for TR-34', 'rsa-raw'),
  TranslatePin: inSigner('a mechanism for PIN blocks'),
  VerifyPin: inSigner('a mechanism for PIN blocks'),
  GeneratePin: inSigner('a mechanism for PIN blocks'),
  ChangePin: inSigner('a mechanism for PIN blocks'),
} as const satisfies Record<string, Need & { always?: Place }>

export type Variant = keyof typeof NEEDS

/** `missing`: what keeps the operation out of the token. */
export interface Placement {
  readonly where: Place
  readonly missing: readonly string[]
}

/** Where each operation is done on a token with these capabilities, and `clearAllowed` by the configuration or not. */
export function placements(
  capabilities: Capabilities,
  clearAllowed: boolean,
): Readonly<Record<Variant, Placement>> {
  const entries = Object.entries(NEEDS).map(([variant, need]) => [
    variant,
    place(need, capabilities, clearAllowed),
  ])
  return Object.fromEntries(entries)
}

/** How many operations are done where: `40 in token, 14 clear in signer, 0 not possible`. */
export function placesInWords(operations: Readonly<Record<Variant, Placement>>): string {
  const places = Object.values(operations).map(({ where }) => where)
  const words = PLACES.map((place) => `${places.filter((one) => one === place).length} ${place}`)
  return words.join(', ')
}

function place(
  need: Need & { readonly always?: Place },
  capabilities: Capabilities,
  clearAllowed: boolean,
): Placement {
  const lacking = (features: readonly Feature[]) =>
    features.filter((feature) => capabilities[feature] === null).map((feature) => FEATURES[feature][0])
  const basis = [...lackingSealing(capabilities), ...lacking(['hmac', ...(need.beside ?? [])])]
  const never = need.lacks === undefined ? [] : [need.lacks]
  const missing: string[] = [...new Set([...basis, ...lacking(need.features), ...never])]
  if (missing.length === 0) return { where: need.always ?? 'in token', missing }
  const clear = need.clear && clearAllowed && basis.length === 0
  return { where: clear ? 'clear in signer' : 'not possible', missing }
}

function lackingSealing(capabilities: Capabilities): string[] {
  const there = Object.values(SEALINGS).some(({ feature }) => capabilities[feature] !== null)
  return there ? [] : [SEALING_MECHANISMS]
}

function inToken(...features: Feature[]): Need {
  return { features, clear: false }
}

function orClear(...features: Feature[]): Need {
  return { features, clear: true }
}

function onlyClear(...features: Feature[]): Need & { always: Place } {
  return { features, clear: false, always: 'clear in signer' }
}

function inSigner(lacks: string, ...beside: Feature[]): Need & { lacks: string } {
  return { features: beside, beside, clear: true, lacks }
}
