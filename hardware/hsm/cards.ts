import { FAMILY_NAMES, type FamilyName } from '../../protocols/emv/cryptograms/families.ts'
import type { Desk } from './desk.ts'
import { expectBytes, expectData, expectLabel, expectOneOf } from './input.ts'
import type { ArgsOf, ResultOf } from './requests.ts'

export type CardValue = ArgsOf<'GenerateCvv'>
export type VerifyArqcAndGenerateArpc = ArgsOf<'VerifyArqcAndGenerateArpc'>
export type CryptogramAnswer = ResultOf<'VerifyArqcAndGenerateArpc'>

const KINDS = ['cvv', 'icvv', 'cvv2', 'dcvv'] as const
const CRYPTOGRAM_BYTES = 8
const VALUE_DIGITS = /^[0-9]{3}$/

/** What an issuer does with the cards of the schemes. HsmError as in {@link Hsm}; INVALID_INPUT_DATA for digits that do not fit. */
export class Cards {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** 3 decimal digits. `key`: a card verification key; for `dcvv` an issuer master key for dynamic values. */
  async generateCvv(args: CardValue): Promise<string> {
    expectOneOf('a card value', args.kind, KINDS)
    return this.#desk.perform('GenerateCvv', [expectLabel(args.key)], args)
  }

  /** Whether `value` is the card's; anything but 3 digits is not. */
  async verifyCvv(args: CardValue & { value: string }): Promise<boolean> {
    expectOneOf('a card value', args.kind, KINDS)
    const value = VALUE_DIGITS.test(args.value) ? args.value : ''
    return this.#desk.perform('VerifyCvv', [expectLabel(args.key)], { ...args, value })
  }

  /** `arpc`: 8 bytes by method 1 (EMV 4.4 Book 2, 8.2.1), 4 by method 2 (8.2.2), which the family says. */
  async verifyArqcAndGenerateArpc(args: VerifyArqcAndGenerateArpc): Promise<CryptogramAnswer> {
    expectOneOf<FamilyName>('a family', args.family, FAMILY_NAMES)
    expectBytes('a cryptogram', args.cryptogram, CRYPTOGRAM_BYTES)
    for (const bytes of [args.response, ...Object.values(args.elements)]) expectData(bytes)
    const result = await this.#desk.perform('VerifyArqcAndGenerateArpc', [expectLabel(args.key)], args)
    return result.ok ? { ok: true, arpc: new Uint8Array(result.arpc) } : result
  }
}
