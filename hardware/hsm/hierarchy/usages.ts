import type { KeyAlgorithm, KeyFamily } from './algorithms.ts'

/** What a caller wants to do with a key. */
export type Purpose =
  | 'wrap card keys'
  | 'verify cryptograms'
  | 'generate MACs'
  | 'verify MACs'
  | 'encrypt'
  | 'decrypt'
  | 'sign'
  | 'derive initial keys'
  | 'derive transaction keys'

/** What the token itself must allow of a key; names of PKCS#11 attributes without their CKA_. */
export type TokenUse = 'ENCRYPT' | 'DECRYPT' | 'SIGN' | 'VERIFY' | 'DERIVE' | 'WRAP'

interface Usage {
  readonly algorithms: readonly KeyAlgorithm[]
  readonly purposes: readonly Purpose[]
  /** By family of algorithm: the uses that the token must know of for these purposes, and no other. */
  readonly uses: Partial<Record<KeyFamily, readonly TokenUse[]>>
  /** The usage of keys under which such a key may leave, when it is exportable at all. */
  readonly leavesUnder: KeyUsage | null
  /** The usage of the key that it is derived from; null when it is generated or imported. */
  readonly derivedFrom: KeyUsage | null
}

export type KeyUsage =
  | 'card transport'
  | 'card cryptogram'
  | 'MAC'
  | 'MAC verification'
  | 'data'
  | 'signing'
  | 'DUKPT base'
  | 'DUKPT initial'

const AES = ['aes-128', 'aes-192', 'aes-256'] as const
const TDES = ['tdes-2', 'tdes-3'] as const
const MAC_USES = { aes: ['SIGN'], hmac: ['SIGN'], tdes: ['SIGN', 'ENCRYPT'] } as const

/**
 * Which key may do what. Every working key lies under the token's storage key, and its record under the token's seal key
 * (`keys/sealed-key.ts`). PKCS#11 tokens enforce a part of this alone: the signers enforce all of it.
 */
export const USAGES: Readonly<Record<KeyUsage, Usage>> = {
  'card transport': {
    algorithms: ['aes-128'],
    purposes: ['wrap card keys'],
    uses: { aes: ['WRAP'] },
    leavesUnder: null,
    derivedFrom: null,
  },
  'card cryptogram': {
    algorithms: ['aes-128', 'ec-p256'],
    purposes: ['verify cryptograms'],
    // ENCRYPT for the first step of the session key, DERIVE for the second: see signer/arqc.ts.
    uses: { aes: ['ENCRYPT', 'DERIVE'], ec: ['VERIFY'] },
    leavesUnder: 'card transport',
    derivedFrom: null,
  },
  MAC: {
    algorithms: [...AES, ...TDES, 'hmac-sha256'],
    purposes: ['generate MACs', 'verify MACs'],
    uses: MAC_USES,
    leavesUnder: null,
    derivedFrom: null,
  },
  // A check of a MAC is making one and comparing: the token cannot tell the two apart for CMAC of a part, the signer can.
  'MAC verification': {
    algorithms: [...AES, ...TDES, 'hmac-sha256'],
    purposes: ['verify MACs'],
    uses: MAC_USES,
    leavesUnder: null,
    derivedFrom: null,
  },
  data: {
    algorithms: [...AES, ...TDES],
    purposes: ['encrypt', 'decrypt'],
    uses: { aes: ['ENCRYPT', 'DECRYPT'], tdes: ['ENCRYPT', 'DECRYPT'] },
    leavesUnder: null,
    derivedFrom: null,
  },
  signing: {
    algorithms: ['ec-p256', 'ec-secp256k1', 'ed25519'],
    purposes: ['sign'],
    uses: { ec: ['SIGN'] },
    leavesUnder: null,
    derivedFrom: null,
  },
  'DUKPT base': {
    algorithms: [...AES],
    purposes: ['derive initial keys', 'derive transaction keys'],
    uses: { aes: ['DERIVE'] },
    leavesUnder: null,
    derivedFrom: null,
  },
  'DUKPT initial': {
    algorithms: [...AES],
    purposes: ['derive transaction keys'],
    uses: { aes: ['DERIVE'] },
    leavesUnder: null,
    derivedFrom: 'DUKPT base',
  },
}
