import { fromHex, toHex } from '../../bytes/bytes.ts'
import { aesEcb } from '../../emv/keys/aes.ts'
import { tdesCmac } from '../../mac/cmac.ts'
import { sameMac } from '../../mac/compare.ts'
import { aesKcv, tdesKcv } from '../../mac/kcv.ts'
import type { KeyBlockHeader } from './header.ts'
import type { OptionalBlock } from './optional-blocks.ts'
import { VERSIONS, type Version } from './versions.ts'

type Cipher = Version['cipher']
type CheckValue = (key: Uint8Array, length: number) => Uint8Array

/** By the algorithm in the first two digits of the block (X9.143:2021, 6.3.6.7, table 15): 00 encrypts zeros, 01 is CMAC over zeros. */
const METHODS = {
  '00': { TDES: tdesKcv, AES: (key, length) => aesEcb(key, new Uint8Array(16)).slice(0, length) },
  '01': { TDES: (key, length) => tdesCmac(key, new Uint8Array(8)).slice(0, length), AES: aesKcv },
} as const satisfies Record<string, Record<Cipher, CheckValue>>

/** What is usual: three bytes for triple DES, five for AES (X9.24-1:2017, Annex A). */
const USUAL = { TDES: { method: '00', length: 3 }, AES: { method: '01', length: 5 } } as const

/** Cipher of the wrapped key; others have no check value here. */
const CIPHERS: Readonly<Record<string, Cipher>> = { A: 'AES', D: 'TDES', T: 'TDES' }

/** KC, or KP for a protection key, with the usual check value of a key. Throws a RangeError for another key length. */
export function checkValueBlock(id: 'KC' | 'KP', cipher: Cipher, key: Uint8Array): OptionalBlock {
  const { method, length } = USUAL[cipher]
  return { id, data: method + toHex(METHODS[method][cipher](key, length)) }
}

/** The first block, KC or KP, whose check value is not the key's or the protection key's; null when there is none. */
export function wrongCheckValue(
  { version, algorithm, optionalBlocks }: KeyBlockHeader,
  key: Uint8Array,
  kbpk: Uint8Array,
): string | null {
  const checks = [
    { id: 'KC', cipher: CIPHERS[algorithm], of: key },
    { id: 'KP', cipher: VERSIONS[version].cipher, of: kbpk },
  ] as const
  const wrong = checks.find(({ id, cipher, of }) => {
    const block = optionalBlocks.find((one) => one.id === id)
    return block !== undefined && cipher !== undefined && !isCheckValue(block.data, cipher, of)
  })
  return wrong?.id ?? null
}

function isCheckValue(data: string, cipher: Cipher, key: Uint8Array): boolean {
  const method = data.slice(0, 2)
  const value = fromHex(data.slice(2))
  return isMethod(method) && sameMac(value, METHODS[method][cipher](key, value.length))
}

function isMethod(id: string): id is keyof typeof METHODS {
  return Object.hasOwn(METHODS, id)
}
