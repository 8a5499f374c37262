import { createHash } from 'node:crypto'
import { concat, equal } from '../../bytes/bytes.ts'
import { type Checked, failure } from './reasons.ts'
import type { RsaPrivateKey, RsaPublicKey } from './rsa.ts'
import { contentRoom, hashFits, recoverData, SHA_1, signData } from './signed-data.ts'

const FORMAT = 0x05
const FILLER = 0xbb
/** Format, hash algorithm, length of the ICC dynamic data. */
const START_BYTES = 3
const CRYPTOGRAM_BYTES = 8
const HASH_BYTES = 20
const DDA_SECTION = 'Book 2, 6.5.2'
const CDA_SECTION = 'Book 2, 6.6.2'

/** Signed Dynamic Application Data (tag 9F4B) of INTERNAL AUTHENTICATE, EMV 4.4 Book 2, 6.5.1. `ddolData`: the terminal's data. */
export function signDynamicData(
  icc: RsaPrivateKey,
  dynamicNumber: Uint8Array,
  ddolData: Uint8Array,
): Uint8Array {
  return sign(icc, counted(dynamicNumber), ddolData)
}

/** Dynamic data authentication, EMV 4.4 Book 2, 6.5.2: gives the ICC Dynamic Number (tag 9F4C, 2 to 8 bytes). */
export function verifyDynamicData(
  icc: RsaPublicKey,
  signed: Uint8Array,
  ddolData: Uint8Array,
): Checked<{ dynamicNumber: Uint8Array }> {
  const opened = openDynamicData(icc, signed, ddolData, DDA_SECTION)
  return opened.ok ? { ok: true, dynamicNumber: opened.dynamicNumber } : opened
}

/** What a card signs with its cryptogram. */
export interface CombinedData {
  /** 2 to 8 bytes. */
  dynamicNumber: Uint8Array
  /** Tag 9F27. */
  cid: number
  /** Tag 9F26, 8 bytes. */
  cryptogram: Uint8Array
  /** See {@link transactionDataHash}, 20 bytes. */
  transactionDataHash: Uint8Array
  /** What follows; relay resistance data of Contactless Book C-2. Empty in contact cards. */
  further?: Uint8Array
}

/** Signed Dynamic Application Data (tag 9F4B) of GENERATE AC, EMV 4.4 Book 2, 6.6.1. `unpredictableNumber`: tag 9F37, 4 bytes. */
export function signCombinedData(
  icc: RsaPrivateKey,
  data: CombinedData,
  unpredictableNumber: Uint8Array,
): Uint8Array {
  const { dynamicNumber, cid, cryptogram, transactionDataHash: hash, further = new Uint8Array() } = data
  if (cryptogram.length !== CRYPTOGRAM_BYTES || hash.length !== HASH_BYTES)
    throw new RangeError(
      `expected cryptogram and hash of ${CRYPTOGRAM_BYTES} and ${HASH_BYTES} bytes, got ${cryptogram.length} and ${hash.length}`,
    )
  const dynamicData = concat(counted(dynamicNumber), Uint8Array.of(cid), cryptogram, hash, further)
  return sign(icc, dynamicData, unpredictableNumber)
}

/** What a terminal knows of the GENERATE AC that it checks. */
export interface CombinedCheck {
  unpredictableNumber: Uint8Array
  /** Tag 9F27 of the response. */
  cid: number
  /** See {@link transactionDataHash}. */
  transactionDataHash: Uint8Array
}

/** What CDA proves. */
export interface CombinedProof {
  dynamicNumber: Uint8Array
  cryptogram: Uint8Array
  further: Uint8Array
}

/** Combined DDA / application cryptogram, EMV 4.4 Book 2, 6.6.2. */
export function verifyCombinedData(
  icc: RsaPublicKey,
  signed: Uint8Array,
  check: CombinedCheck,
): Checked<CombinedProof> {
  const opened = openDynamicData(icc, signed, check.unpredictableNumber, CDA_SECTION)
  if (!opened.ok) return opened
  const { dynamicNumber, rest } = opened
  const further = rest.slice(1 + CRYPTOGRAM_BYTES + HASH_BYTES)
  const hash = rest.slice(1 + CRYPTOGRAM_BYTES, 1 + CRYPTOGRAM_BYTES + HASH_BYTES)
  if (hash.length !== HASH_BYTES) return failure('dynamic_data_malformed', CDA_SECTION)
  if (rest[0] !== check.cid) return failure('cid_mismatch', CDA_SECTION)
  if (!equal(hash, check.transactionDataHash)) return failure('transaction_hash_wrong', CDA_SECTION)
  return { ok: true, dynamicNumber, cryptogram: rest.slice(1, 1 + CRYPTOGRAM_BYTES), further }
}

/** Data of one transaction that CDA covers, EMV 4.4 Book 2, 6.6.1 and 6.6.2. Empty where the card has no such list. */
export interface TransactionData {
  pdolData: Uint8Array
  cdol1Data: Uint8Array
  /** Of the second GENERATE AC only; empty for the first. */
  cdol2Data: Uint8Array
  /** Tag, length and value of every data object in the response but 9F4B, in order. */
  responseObjects: Uint8Array
}

/** Transaction Data Hash Code: SHA-1 over the parts in order, 20 bytes. */
export function transactionDataHash(data: TransactionData): Uint8Array {
  const { pdolData, cdol1Data, cdol2Data, responseObjects } = data
  const input = concat(pdolData, cdol1Data, cdol2Data, responseObjects)
  return new Uint8Array(createHash('sha1').update(input).digest())
}

function sign(icc: RsaPrivateKey, dynamicData: Uint8Array, more: Uint8Array): Uint8Array {
  const room = contentRoom(icc.length) - START_BYTES
  if (dynamicData.length > room)
    throw new RangeError(`expected at most ${room} bytes of ICC dynamic data, got ${dynamicData.length}`)
  const filler = new Uint8Array(room - dynamicData.length).fill(FILLER)
  return signData(icc, concat(Uint8Array.of(FORMAT, SHA_1, dynamicData.length), dynamicData, filler), more)
}

function openDynamicData(
  icc: RsaPublicKey,
  signed: Uint8Array,
  more: Uint8Array,
  section: string,
): Checked<{ dynamicNumber: Uint8Array; rest: Uint8Array }> {
  const recovered = recoverData(icc, signed, FORMAT, section)
  if (!recovered.ok) return recovered
  const [, hashAlgorithm, length = 0, numberLength = 0] = recovered.content
  if (hashAlgorithm !== SHA_1) return failure('hash_algorithm_unknown', section)
  if (!hashFits(recovered, more)) return failure('hash_wrong', section)
  const data = recovered.content.slice(START_BYTES, START_BYTES + length)
  if (data.length !== length || numberLength < 2 || numberLength > 8 || numberLength >= length)
    return failure('dynamic_data_malformed', section)
  return { ok: true, dynamicNumber: data.slice(1, 1 + numberLength), rest: data.slice(1 + numberLength) }
}

function counted(dynamicNumber: Uint8Array): Uint8Array {
  if (dynamicNumber.length < 2 || dynamicNumber.length > 8)
    throw new RangeError(`expected an ICC Dynamic Number of 2 to 8 bytes, got ${dynamicNumber.length}`)
  return concat(Uint8Array.of(dynamicNumber.length), dynamicNumber)
}
