import { createCipheriv, type KeyObject } from 'node:crypto'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import type { Algorithm } from '../cryptogram.ts'
import type { CardImage } from '../image.ts'
import { type PersonalisationOptions, type PersonalisationRecord, personalise } from '../personalisation.ts'
import { loadCardProfile } from '../profile.ts'

export const TRANSPORT_KEY = fromHex('000102030405060708090A0B0C0D0E0F')
export const CARD_KEY = fromHex('92435687398457689374568934657863')
export const PAN = '9999990100000005'

/** AES Key Wrap with Padding, RFC 5649, as an issuer's HSM does it. */
export function wrap(key: Uint8Array, transportKey = TRANSPORT_KEY): string {
  const cipher = createCipheriv('id-aes128-wrap-pad', transportKey, fromHex('A65959A6'))
  return toHex(Buffer.concat([cipher.update(key), cipher.final()]))
}

export function wrapPrivate(key: KeyObject): string {
  return wrap(key.export({ format: 'der', type: 'pkcs8' }))
}

/** A record as the issuer hands it out; an AES card unless told otherwise. */
export function recordWith(key: Partial<PersonalisationRecord['key']> = {}): PersonalisationRecord {
  return {
    cardId: 'card-1',
    pan: PAN,
    panSequenceNumber: '01',
    expiry: '301231',
    walletAddress: 'https://wallet.tapbench.example/alice',
    key: { algorithm: 'aes-128', wrapped: wrap(CARD_KEY), kcv: null, publicKey: null, ...key },
  }
}

const PROFILES: Record<Algorithm, string> = { 'aes-128': 'interledger', 'ec-p256': 'interledger-p256' }

/** A personalised card of the profile that belongs to the record's algorithm. */
export function imageOf(
  record = recordWith(),
  more: Omit<Partial<PersonalisationOptions>, 'record'> = {},
): CardImage {
  const profile = loadCardProfile(PROFILES[record.key.algorithm])
  return personalise({ record, transportKey: TRANSPORT_KEY, profile, ...more })
}
