import { createPrivateKey, type KeyObject } from 'node:crypto'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { CID } from '../../protocols/interledger/application.ts'
import { aesCryptogram, ecdsaCryptogram } from '../../protocols/interledger/cryptogram.ts'

/** Kinds of card key, as the issuer names them. */
export const ALGORITHMS = ['aes-128', 'ec-p256'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

/** Makes the application cryptogram (9F26) over CDOL1 data. */
export type MakeCryptogram = (cdol1Data: Uint8Array) => Uint8Array

interface Family {
  algorithm: Algorithm
  /** Cryptogram Information Data, 9F27. */
  cid: number
  /** `key`: 16 bytes, or PKCS#8 DER, in hexadecimal. */
  maker(key: string): MakeCryptogram
}

/** Cryptograms by the name that a card profile gives them. */
export const CRYPTOGRAM_FAMILIES = {
  'interledger-aes': {
    algorithm: 'aes-128',
    cid: CID.aes,
    maker(key) {
      const cardKey = fromHex(key)
      return (data) => aesCryptogram(cardKey, data)
    },
  },
  'interledger-ecdsa': {
    algorithm: 'ec-p256',
    cid: CID.ecdsa,
    maker(key) {
      const privateKey = readPkcs8(fromHex(key))
      return (data) => ecdsaCryptogram(privateKey, data)
    },
  },
} as const satisfies Record<string, Family>

/** The private key in PKCS#8 DER; Node's own errors for what is none. */
export function readPkcs8(der: Uint8Array): KeyObject {
  return createPrivateKey({ key: Buffer.from(der), format: 'der', type: 'pkcs8' })
}
