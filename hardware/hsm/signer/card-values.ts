import { timingSafeEqual } from 'node:crypto'
import { type CardValueKind, cardValueInput } from '../../../protocols/cvv/card-values.ts'
import { cardVerificationValue, cvvBlocks, cvvDigits } from '../../../protocols/cvv/cvv.ts'
import { dynamicCvv, dynamicCvvInput } from '../../../protocols/emv/cryptograms/dynamic-values.ts'
import { iccMasterKey } from '../../../protocols/emv/keys/master-key.ts'
import { masterStep, withLeafKey } from './card-key-tree.ts'
import { asInvalidInput, withClearKey } from './clear-keys.ts'
import { call } from './cryptoki.ts'
import { retailInToken } from './macs.ts'
import type { Operation } from './operation.ts'
import type { Signer } from './signer.ts'

/**
 * `expiry`: YYMM; `serviceCode`: 3 digits. `dcvv`: the dynamic CVV, by a card's key under an issuer master key: `atc` of 4 decimal digits,
 * `psn` of 2.
 */
export type CardValueArgs = {
  readonly key: string
  readonly pan: string
  readonly expiry: string
  readonly serviceCode: string
} & ({ readonly kind: CardValueKind } | { readonly kind: 'dcvv'; readonly atc: string; readonly psn: string })

const CVK = ['tdes-2'] as const

/** CVV, iCVV, CVV2 or dynamic CVV: 3 decimal digits. */
export const generateCvv: Operation<CardValueArgs, string> = {
  variant: ({ kind }) => (kind === 'dcvv' ? 'Cvv of a card key' : 'Cvv'),
  inToken: (signer, args) => asInvalidInput(() => valueInToken(signer, args)),
  clear: (signer, args) => clearValue(signer, args),
}

export const verifyCvv: Operation<CardValueArgs & { readonly value: string }, boolean> = {
  variant: generateCvv.variant,
  inToken: (signer, args) =>
    same(
      args.value,
      asInvalidInput(() => valueInToken(signer, args)),
    ),
  clear: (signer, args) => same(args.value, clearValue(signer, args)),
}

/** A card verification value is the retail MAC of two blocks. */
function valueInToken(signer: Signer, args: CardValueArgs): string {
  const { ring, token } = signer
  const expected = `the token to make a card value with key "${args.key}"`
  if (args.kind !== 'dcvv') {
    const blocks = cvvBlocks(cardValueInput(args.kind, args))
    const key = ring.use(args.key, 'make card values', CVK)
    return cvvDigits(call(expected, () => retailInToken(token, key, blocks)))
  }
  const blocks = cvvBlocks(dynamicCvvInput(args))
  const step = masterStep('A', args, 'tdes-2')
  const { handle } = ring.use(args.key, 'derive card keys', CVK)
  return call(expected, () =>
    withLeafKey(signer, handle, [step], 'tdes-2', (leaf) => cvvDigits(retailInToken(token, leaf, blocks))),
  )
}

function clearValue(signer: Signer, args: CardValueArgs): string {
  signer.ring.expect(args.key, CVK)
  if (args.kind === 'dcvv')
    return withClearKey(signer, args.key, 'derive card keys', (imk) =>
      dynamicCvv(iccMasterKey('A', imk, args.pan, args.psn), args),
    )
  const input = asInvalidInput(() => cardValueInput(args.kind as CardValueKind, args))
  return withClearKey(signer, args.key, 'make card values', (key) => cardVerificationValue(key, input))
}

function same(came: string, value: string): boolean {
  return came.length === value.length && timingSafeEqual(Buffer.from(came), Buffer.from(value))
}
