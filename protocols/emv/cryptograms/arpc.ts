import { concat } from '../../bytes/bytes.ts'
import { sameMac } from '../../mac/compare.ts'
import { encryptEcb } from '../../mac/des.ts'
import { xor } from '../../mac/xor.ts'
import { acSessionKey, type TransactionKeyInput } from './application-cryptogram.ts'
import type { Family } from './families.ts'
import { MACS } from './suites.ts'

const CSU_BYTES = 4
const ARPC_1_BYTES = 8
const ARPC_2_BYTES = 4
const MAX_PROPRIETARY_BYTES = 8

/** The transaction that is answered. */
export interface AnsweredTransaction extends TransactionKeyInput {
  /** Tag 9F26 of the first GENERATE AC, 8 bytes. */
  cryptogram: Uint8Array
}

type Make = (family: Family, key: Uint8Array, cryptogram: Uint8Array, response: Uint8Array) => Uint8Array

interface Method {
  make: Make
  /** Bytes of the ARPC, of the shortest and of the longest response. */
  bytes: number
  shortest: number
  longest: number
}

const METHODS: Record<1 | 2, Method> = {
  1: {
    make: (_family, key, cryptogram, response) => arpcMethod1(key, cryptogram, response),
    bytes: ARPC_1_BYTES,
    shortest: 2,
    longest: 2,
  },
  2: {
    make: (family, key, cryptogram, response) =>
      MACS[family.acMac](key, concat(cryptogram, response)).slice(0, ARPC_2_BYTES),
    bytes: ARPC_2_BYTES,
    shortest: CSU_BYTES,
    longest: CSU_BYTES + MAX_PROPRIETARY_BYTES,
  },
}

/** ARPC method 1, EMV 4.4 Book 2, 8.2.1: triple DES of the cryptogram, exclusive-ored with the response code (`arc`, 2 bytes). 8 bytes. */
export function arpcMethod1(key: Uint8Array, cryptogram: Uint8Array, arc: Uint8Array): Uint8Array {
  return encryptEcb(key, xor(cryptogram, concat(arc, new Uint8Array(6))))
}

/**
 * ARPC of the family, EMV 4.4 Book 2, 8.2: 8 bytes by method 1, 4 by method 2. `response`: by method 1 the Authorisation Response Code
 * (2 bytes), by method 2 the Card Status Update (4 bytes), then 0 to 8 bytes of Proprietary Authentication Data. Throws a RangeError when the response has a length that
 * the method does not take.
 */
export function arpc(family: Family, transaction: AnsweredTransaction, response: Uint8Array): Uint8Array {
  checkArpcResponse(family, response)
  const { make } = METHODS[family.arpc.method]
  const key = family.arpc.key === 'master' ? transaction.masterKey : acSessionKey(family, transaction)
  return make(family, key, transaction.cryptogram, response)
}

/** Throws a RangeError when the response has a length that the family's method does not take. */
export function checkArpcResponse(family: Family, response: Uint8Array): void {
  const { shortest, longest } = METHODS[family.arpc.method]
  if (response.length < shortest || response.length > longest)
    throw new RangeError(`expected a response of ${shortest} to ${longest} bytes, got ${response.length}`)
}

/** Issuer Authentication Data (tag 91): ARPC, then what it covers of the response. Throws as {@link arpc}. */
export function issuerAuthenticationData(
  family: Family,
  transaction: AnsweredTransaction,
  response: Uint8Array,
): Uint8Array {
  return concat(arpc(family, transaction, response), response)
}

/** What a card finds in tag 91. */
export type IssuerAuthentication =
  | { ok: true; response: Uint8Array }
  | { ok: false; reason: 'issuer_data_length' | 'arpc_wrong' }

/** The card's check of tag 91 (EXTERNAL AUTHENTICATE or second GENERATE AC). Never throws for what came in `data`. */
export function verifyIssuerAuthentication(
  family: Family,
  transaction: AnsweredTransaction,
  data: Uint8Array,
): IssuerAuthentication {
  const { bytes, shortest, longest } = METHODS[family.arpc.method]
  const response = data.slice(bytes)
  if (data.length < bytes + shortest || data.length > bytes + longest)
    return { ok: false, reason: 'issuer_data_length' }
  const genuine = sameMac(arpc(family, transaction, response), data.subarray(0, bytes))
  return genuine ? { ok: true, response } : { ok: false, reason: 'arpc_wrong' }
}
