import { concat } from '../../bytes/bytes.ts'
import { encryptEcb } from '../../mac/des.ts'
import { withOddParity } from '../../mac/parity.ts'
import { not, xor } from '../../mac/xor.ts'
import { AES_BLOCK, aesEcb } from './aes.ts'

const LEFT_MARK = 0xf0
const RIGHT_MARK = 0x0f

/** What is encrypted in ECB mode under the master key to make a session key: R with its third byte F0, then with 0F. */
export function sessionKeyBlocks(r: Uint8Array): Uint8Array {
  return concat(marked(r, LEFT_MARK), marked(r, RIGHT_MARK))
}

/** R of the session key for application cryptogram and ARPC: the ATC, then zeros (EMV 4.4 Book 2, A1.3.1). `block`: 8 or 16 bytes. */
export function counterDiversifier(atc: Uint8Array, block: number): Uint8Array {
  checkAtc(atc)
  return concat(atc, new Uint8Array(block - atc.length))
}

/** R of Mastercard's own session key: ATC, two zero bytes, unpredictable number (4 bytes). 8 bytes. */
export function mastercardDiversifier(atc: Uint8Array, unpredictableNumber: Uint8Array): Uint8Array {
  checkAtc(atc)
  return concat(atc, new Uint8Array(2), unpredictableNumber)
}

/** Common session key, triple DES (EMV 4.4 Book 2, A1.3.1): 16 bytes of odd parity. `r`: 8 bytes. */
export function tdesSessionKey(masterKey: Uint8Array, r: Uint8Array): Uint8Array {
  checkLength('a diversification value', r, 8)
  return withOddParity(encryptEcb(masterKey, sessionKeyBlocks(r)))
}

/**
 * Common session key, AES (EMV 4.4 Book 2, A1.3.1), as long as the master key. `r`: 16 bytes. A key of 16 bytes takes one block, in which
 * R stands unmarked.
 */
export function aesSessionKey(masterKey: Uint8Array, r: Uint8Array): Uint8Array {
  checkLength('a diversification value', r, AES_BLOCK)
  const input = masterKey.length === AES_BLOCK ? r : sessionKeyBlocks(r)
  return aesEcb(masterKey, input).slice(0, masterKey.length)
}

/**
 * Visa's secure messaging key: the halves of the master key, exclusive-ored with the ATC and with its complement (Visa Integrated Circuit
 * Card Specification, Appendix B). 16 bytes of odd parity.
 */
export function visaSessionKey(masterKey: Uint8Array, atc: Uint8Array): Uint8Array {
  checkAtc(atc)
  checkLength('a master key', masterKey, 16)
  const zeros = new Uint8Array(6)
  return withOddParity(xor(masterKey, concat(zeros, atc, zeros, not(atc))))
}

function marked(r: Uint8Array, mark: number): Uint8Array {
  const block = Uint8Array.from(r)
  block[2] = mark
  return block
}

function checkAtc(atc: Uint8Array): void {
  checkLength('an ATC', atc, 2)
}

function checkLength(what: string, bytes: Uint8Array, length: number): void {
  if (bytes.length !== length)
    throw new RangeError(`expected ${what} of ${length} bytes, got ${bytes.length}`)
}
