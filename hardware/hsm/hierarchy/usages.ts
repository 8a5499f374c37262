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
  | 'sign certificates'
  | 'sign revocation lists'
  | 'request certificates'
  | 'check certificates'
  | 'sign key tokens'
  | 'open key tokens'
  | 'sign requests'
  | 'derive initial keys'
  | 'derive transaction keys'
  | 'encipher PINs'
  | 'decipher PINs'
  | 'verify PINs'
  | 'make card values'
  | 'derive card keys'
  | 'wrap for exchange'
  | 'unwrap from exchange'

/** What the token itself must allow of a key; names of PKCS#11 attributes without their CKA_. */
export type TokenUse = 'ENCRYPT' | 'DECRYPT' | 'SIGN' | 'VERIFY' | 'DERIVE' | 'WRAP'

interface Usage {
  readonly algorithms: readonly KeyAlgorithm[]
  readonly purposes: readonly Purpose[]
  /** By family of algorithm: the uses that the token must know of for these purposes, and no other. */
  readonly uses: Partial<Record<KeyFamily, readonly TokenUse[]>>
  /** The usages of keys under which such a key may leave, when it is exportable at all. */
  readonly leavesUnder: readonly KeyUsage[]
  /** The usage of the key that it is derived from; null when it is generated or imported. */
  readonly derivedFrom: KeyUsage | null
}

/** What key pairs are made for. */
export type PairUsage =
  | 'signing'
  | 'request signing'
  | 'certificate authority'
  | 'key distribution host'
  | 'key receiving device'

export type KeyUsage =
  | 'card transport'
  | 'card cryptogram'
  | 'MAC'
  | 'MAC verification'
  | 'data'
  | PairUsage
  | 'trust anchor'
  | 'DUKPT base'
  | 'DUKPT initial'
  | 'PIN working'
  | 'PIN verification, IBM 3624'
  | 'PIN verification, Visa PVV'
  | 'card verification'
  | 'issuer master, cryptograms'
  | 'issuer master, dynamic values'
  | 'zone master'

const AES = ['aes-128', 'aes-192', 'aes-256'] as const
const TDES = ['tdes-2', 'tdes-3'] as const
const RSA = ['rsa-2048', 'rsa-3072'] as const
/** Under a zone master key in key blocks, or in tokens of a key distribution host. */
const EXCHANGED = ['zone master', 'key distribution host'] as const
const MAC_USES = { aes: ['SIGN'], hmac: ['SIGN'], tdes: ['SIGN', 'ENCRYPT'] } as const

const SIGNS = {
  uses: { ec: ['SIGN'], rsa: ['SIGN'] },
  leavesUnder: [],
  derivedFrom: null,
} as const

/**
 * Which key may do what. Every working key lies under the token's storage key, and its record under the token's seal key
 * (`keys/sealed-key.ts`). PKCS#11 tokens enforce a part of this alone: the signers enforce all of it.
 */
export const USAGES: Readonly<Record<KeyUsage, Usage>> = {
  'card transport': {
    algorithms: ['aes-128'],
    purposes: ['wrap card keys'],
    uses: { aes: ['WRAP'] },
    leavesUnder: [],
    derivedFrom: null,
  },
  'card cryptogram': {
    algorithms: ['aes-128', 'ec-p256'],
    purposes: ['verify cryptograms'],
    // ENCRYPT for the first step of the session key, DERIVE for the second: see signer/arqc.ts.
    uses: { aes: ['ENCRYPT', 'DERIVE'], ec: ['VERIFY'] },
    leavesUnder: ['card transport'],
    derivedFrom: null,
  },
  MAC: {
    algorithms: [...AES, ...TDES, 'hmac-sha256'],
    purposes: ['generate MACs', 'verify MACs'],
    uses: MAC_USES,
    leavesUnder: EXCHANGED,
    derivedFrom: null,
  },
  // A check of a MAC is making one and comparing: the token cannot tell the two apart for CMAC of a part, the signer can.
  'MAC verification': {
    algorithms: [...AES, ...TDES, 'hmac-sha256'],
    purposes: ['verify MACs'],
    uses: MAC_USES,
    leavesUnder: EXCHANGED,
    derivedFrom: null,
  },
  data: {
    algorithms: [...AES, ...TDES],
    purposes: ['encrypt', 'decrypt'],
    uses: { aes: ['ENCRYPT', 'DECRYPT'], tdes: ['ENCRYPT', 'DECRYPT'] },
    leavesUnder: EXCHANGED,
    derivedFrom: null,
  },
  signing: {
    algorithms: ['ec-p256', 'ec-secp256k1', 'ed25519', ...RSA],
    purposes: ['sign', 'request certificates'],
    ...SIGNS,
  },
  // Each of those below signs what has its own form alone: a signature that one gives is none of another's.
  'request signing': {
    algorithms: ['ec-p256', 'ed25519'],
    purposes: ['sign requests', 'request certificates'],
    ...SIGNS,
  },
  'certificate authority': {
    algorithms: ['ec-p256', 'ed25519', ...RSA],
    purposes: ['sign certificates', 'sign revocation lists', 'request certificates', 'check certificates'],
    ...SIGNS,
  },
  'trust anchor': {
    algorithms: ['ec-p256', 'ed25519', ...RSA],
    purposes: ['check certificates'],
    uses: {},
    leavesUnder: [],
    derivedFrom: null,
  },
  'key distribution host': {
    algorithms: RSA,
    purposes: ['sign key tokens', 'request certificates'],
    ...SIGNS,
  },
  'key receiving device': {
    algorithms: RSA,
    purposes: ['open key tokens', 'request certificates'],
    uses: { rsa: ['SIGN', 'DECRYPT'] },
    leavesUnder: [],
    derivedFrom: null,
  },
  'DUKPT base': {
    algorithms: [...AES, 'tdes-2'],
    purposes: ['derive initial keys', 'derive transaction keys'],
    uses: { aes: ['DERIVE'] },
    leavesUnder: EXCHANGED,
    derivedFrom: null,
  },
  'DUKPT initial': {
    algorithms: [...AES, 'tdes-2'],
    purposes: ['derive transaction keys'],
    uses: { aes: ['DERIVE'] },
    leavesUnder: EXCHANGED,
    derivedFrom: 'DUKPT base',
  },
  'PIN working': {
    algorithms: [...AES, ...TDES],
    purposes: ['encipher PINs', 'decipher PINs'],
    // No token works on PIN blocks: the signer reads the key instead.
    uses: {},
    leavesUnder: EXCHANGED,
    derivedFrom: null,
  },
  'PIN verification, IBM 3624': pinVerification([...TDES]),
  'PIN verification, Visa PVV': pinVerification(['tdes-2']),
  'card verification': {
    algorithms: ['tdes-2'],
    purposes: ['make card values'],
    uses: { tdes: ['ENCRYPT'] },
    leavesUnder: EXCHANGED,
    derivedFrom: null,
  },
  'issuer master, cryptograms': issuerMaster([...AES, 'tdes-2']),
  'issuer master, dynamic values': issuerMaster(['tdes-2']),
  'zone master': {
    algorithms: [...AES, ...TDES],
    purposes: ['wrap for exchange', 'unwrap from exchange'],
    // The MAC of a key block covers the clear key: the signer reads this one too.
    uses: {},
    leavesUnder: EXCHANGED,
    derivedFrom: null,
  },
}

function pinVerification(algorithms: readonly KeyAlgorithm[]): Usage {
  return { algorithms, purposes: ['verify PINs'], uses: {}, leavesUnder: EXCHANGED, derivedFrom: null }
}

function issuerMaster(algorithms: readonly KeyAlgorithm[]): Usage {
  return {
    algorithms,
    purposes: ['derive card keys'],
    uses: { aes: ['DERIVE'], tdes: ['DERIVE'] },
    leavesUnder: EXCHANGED,
    derivedFrom: null,
  }
}

/** Usages of {@link PairUsage}. */
export const PAIR_USAGES: readonly PairUsage[] = [
  'signing',
  'request signing',
  'certificate authority',
  'key distribution host',
  'key receiving device',
]
