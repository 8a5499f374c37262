import { createPrivateKey, type KeyObject } from 'node:crypto'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { applicationCryptogram, type Lookup } from '../../protocols/emv/cryptograms/application-cryptogram.ts'
import {
  FAMILIES,
  FAMILY_NAMES,
  type Family,
  type FamilyName,
} from '../../protocols/emv/cryptograms/families.ts'
import { CID } from '../../protocols/interledger/application.ts'
import { aesCryptogram, ecdsaCryptogram } from '../../protocols/interledger/cryptogram.ts'

/** Kinds of card key that the issuer makes, as it names them. */
export const ALGORITHMS = ['aes-128', 'ec-p256'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** Kinds of card key; `emv`: an ICC master key of 16 bytes, triple DES or AES as its family says. */
export const KEY_KINDS = [...ALGORITHMS, 'emv'] as const

export interface CryptogramInput {
  /** Data of the list that the terminal has filled: CDOL1, CDOL2 or PDOL. */
  dolData: Uint8Array
  /** Everything that card and terminal know of the transaction, 9F10 and 9F36 included. */
  lookup: Lookup
}

/** Makes the application cryptogram, 9F26. */
export type MakeCryptogram = (input: CryptogramInput) => Uint8Array

export interface CryptogramKind {
  algorithm: (typeof KEY_KINDS)[number]
  /** Cryptogram Information Data (9F27) where they are always the same; null: the type of the cryptogram, as EMV has it. */
  cid: number | null
  /** Null: not one of EMV's, so without issuer application data, issuer authentication and scripts. */
  family: Family | null
  /** `key`: 16 bytes, or PKCS#8 DER, in hexadecimal. */
  maker(key: string): MakeCryptogram
}

const INTERLEDGER = {
  'interledger-aes': {
    algorithm: 'aes-128',
    cid: CID.aes,
    family: null,
    maker(key: string) {
      const cardKey = fromHex(key)
      return ({ dolData }: CryptogramInput) => aesCryptogram(cardKey, dolData)
    },
  },
  'interledger-ecdsa': {
    algorithm: 'ec-p256',
    cid: CID.ecdsa,
    family: null,
    maker(key: string) {
      const privateKey = readPkcs8(fromHex(key))
      return ({ dolData }: CryptogramInput) => ecdsaCryptogram(privateKey, dolData)
    },
  },
} as const satisfies Record<string, CryptogramKind>

export type CryptogramName = keyof typeof INTERLEDGER | FamilyName

/** Cryptograms by the name that a card profile gives them: Interledger's two, and every family of EMV. */
export const CRYPTOGRAM_FAMILIES: Readonly<Record<CryptogramName, CryptogramKind>> = {
  ...INTERLEDGER,
  ...(Object.fromEntries(FAMILY_NAMES.map((name) => [name, emvKind(FAMILIES[name])])) as Record<
    FamilyName,
    CryptogramKind
  >),
}

export const CRYPTOGRAM_NAMES = Object.keys(CRYPTOGRAM_FAMILIES) as [CryptogramName]

/** The private key in PKCS#8 DER; Node's own errors for what is none. */
export function readPkcs8(der: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
}

function emvKind(family: Family): CryptogramKind {
  return {
    algorithm: 'emv',
    cid: null,
    family,
    maker(key) {
      const masterKey = fromHex(key)
      return ({ lookup }) => applicationCryptogram(family, masterKey, lookup)
    },
  }
}
