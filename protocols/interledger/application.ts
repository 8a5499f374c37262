import { fromHex } from '../bytes/bytes.ts'
import { type DolEntry, dolLength, encodeDol } from '../tlv/dol.ts'

/** Application identifier of the Interledger card application, 10 bytes. */
export const AID: Uint8Array = fromHex('A00000015103010C0601')

/** A wallet address in card data: this many bytes of ASCII, zero-padded on the right. */
export const ADDRESS_BYTES = 64

/** What the card signs, in order; the ATC is the card's own and returned by GET PROCESSING OPTIONS. */
export const CDOL1: readonly DolEntry[] = [
  { tag: '9F36', length: 2 },
  { tag: '9F02', length: 6 },
  { tag: '5F2A', length: 2 },
  { tag: '5F36', length: 1 },
  { tag: '9A', length: 3 },
  { tag: '9F21', length: 3 },
  { tag: '9F37', length: 4 },
  { tag: 'DF01', length: ADDRESS_BYTES },
  { tag: 'DF02', length: ADDRESS_BYTES },
]

/** Bytes of CDOL1 data: 149. */
export const CDOL1_DATA_BYTES = dolLength(CDOL1)

/** Value of tag 8C on the card. */
export const CDOL1_BYTES: Uint8Array = encodeDol(CDOL1)

/** Cryptogram Information Data (9F27) of the two cryptograms. */
export const CID = { aes: 0x80, ecdsa: 0xc1 } as const

/** Bytes of the cryptogram (9F26) by its Cryptogram Information Data. */
export const CRYPTOGRAM_BYTES: Readonly<Record<number, number>> = { [CID.aes]: 8, [CID.ecdsa]: 72 }
