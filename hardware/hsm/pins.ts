import type { Translation } from '../../protocols/pin/translate.ts'
import type { Desk } from './desk.ts'
import { HsmError } from './error.ts'
import { expectData, expectLabel, expectOneOf } from './input.ts'
import type { ArgsOf, ResultOf } from './requests.ts'
import type { PinSide } from './signer/pin-keys.ts'

export type { PinSide } from './signer/pin-keys.ts'
export type { PinAccount } from './signer/pins.ts'

export type TranslatePin = ArgsOf<'TranslatePin'>
export type VerifyPin = ArgsOf<'VerifyPin'>
export type GeneratePin = ArgsOf<'GeneratePin'>
export type ChangePin = ArgsOf<'ChangePin'>
export type PinVerdict = ResultOf<'VerifyPin'>
export type PinChanged = ResultOf<'ChangePin'>

const FORMATS = ['0', '1', '3', '4'] as const
const PIN_DIGITS = { least: 4, most: 12 }

/**
 * PIN operations, all clear in a signer and nowhere else: blocks come and go enciphered. What came in a block decides the outcome, a value;
 * HsmError, as in {@link Hsm}, for keys, formats and parameters that no block could mend (INVALID_INPUT_DATA).
 */
export class Pins {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** From a DUKPT or PIN working key under a PIN working key. `block`: 8 bytes, of format 4: 16. */
  async translatePin({ from, to, block }: TranslatePin): Promise<Translation> {
    if (to.ksn !== undefined)
      throw new HsmError('INVALID_INPUT_DATA', 'expected a PIN working key to translate to, got a DUKPT key')
    const names = [...labelsOf(from), ...labelsOf(to)]
    const result = await this.#desk.perform('TranslatePin', names, { from, to, block: expectData(block) })
    return result.ok ? { ...result, block: new Uint8Array(result.block) } : result
  }

  /** `value`: the IBM 3624 offset or the PVV that is kept for the account, decimal digits. */
  async verifyPin(args: VerifyPin): Promise<PinVerdict> {
    expectData(args.block)
    return this.#desk.perform('VerifyPin', [...labelsOf(args.side), expectLabel(args.account.key)], args)
  }

  /** `block`: the new PIN enciphered for `to`; `value`: what to keep of it, as in {@link verifyPin}. */
  async generatePin(args: GeneratePin): Promise<ResultOf<'GeneratePin'>> {
    expectOneOf('a source', args.source, ['random', 'natural'])
    if (!(Number.isInteger(args.length) && args.length >= PIN_DIGITS.least && args.length <= PIN_DIGITS.most))
      throw new HsmError('INVALID_INPUT_DATA', `expected a PIN of 4 to 12 digits, got ${args.length}`)
    const names = [expectLabel(args.account.key), ...labelsOf(args.to)]
    const { block, value } = await this.#desk.perform('GeneratePin', names, args)
    return { block: new Uint8Array(block), value }
  }

  /** The new value to keep, when `current` holds the PIN of the kept one. */
  async changePin(args: ChangePin): Promise<PinChanged> {
    const sides = [args.current, args.next].flatMap(({ side, block }) => {
      expectData(block)
      return labelsOf(side)
    })
    return this.#desk.perform('ChangePin', [expectLabel(args.account.key), ...sides], args)
  }
}

function labelsOf({ key, format }: PinSide): string[] {
  expectOneOf('a PIN block format', String(format), FORMATS)
  return [expectLabel(key)]
}
