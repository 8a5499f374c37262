import { decipherPin, encipherPin } from '../../../protocols/pin/encipher.ts'
import { naturalPin } from '../../../protocols/pin/ibm3624.ts'
import {
  changePin as changedValue,
  isPin,
  type PinReference,
  pinReferenceValue,
} from '../../../protocols/pin/reference.ts'
import type { PinReading, PinRefusal } from '../../../protocols/pin/refusal.ts'
import { type Translation, translatePin as translated } from '../../../protocols/pin/translate.ts'
import { HsmError } from '../error.ts'
import type { KeyUsage } from '../hierarchy/usages.ts'
import { randomOf, withClearKey } from './clear-keys.ts'
import type { Operation } from './operation.ts'
import { type PinSide, withPinKey } from './pin-keys.ts'
import type { Signer } from './signer.ts'

/**
 * What a PIN is held against: the key's label, and what enters the value of this account. The decimalization table must be one that
 * tells nothing: see {@link expectSafeTable}.
 */
export type PinAccount =
  | {
      readonly method: 'ibm-3624'
      readonly key: string
      readonly validationData: string
      readonly decimalizationTable: string
    }
  | { readonly method: 'visa-pvv'; readonly key: string; readonly pan: string; readonly keyIndex: string }

interface PinBlockOf {
  readonly side: PinSide
  readonly block: Uint8Array
}

type PinRefused = { ok: false; reason: PinRefusal | 'pin_wrong' }

/** `value`: the offset or PVV that was kept. */
interface VerifyPinArgs extends PinBlockOf {
  readonly account: PinAccount
  readonly value: string
}

/** `source`: who chooses the PIN: the token's random numbers, or the account's natural PIN (IBM 3624). `length`: 4 to 12. */
interface GeneratePinArgs {
  readonly account: PinAccount
  readonly source: 'random' | 'natural'
  readonly length: number
  readonly to: PinSide
}

interface ChangePinArgs {
  readonly account: PinAccount
  readonly value: string
  readonly current: PinBlockOf
  readonly next: PinBlockOf
}

/** No table digit more often than this, at least so many different ones: with fewer, offsets tell the PIN (decimalization table attack). */
const TABLE = { mostOfOne: 4, differentAtLeast: 8 }
const USAGES = {
  'ibm-3624': 'PIN verification, IBM 3624',
  'visa-pvv': 'PIN verification, Visa PVV',
} as const satisfies Record<PinAccount['method'], KeyUsage>

/** A PIN block under another key, and in another format where that is allowed. */
export const translatePin: Operation<{ from: PinSide; to: PinSide; block: Uint8Array }, Translation> = {
  ...inSigner('TranslatePin'),
  clear: (signer, { from, to, block }) =>
    withPinKey(signer, from, 'decipher PINs', (source) =>
      withPinKey(signer, to, 'encipher PINs', (target) =>
        translated(source, block, target, randomOf(signer)),
      ),
    ),
}

/** Whether the PIN in a block is the account's. */
export const verifyPin: Operation<VerifyPinArgs, { ok: true } | PinRefused> = {
  ...inSigner('VerifyPin'),
  clear: (signer, { account, value, ...sent }) => {
    const reading = pinOf(signer, sent)
    if (!reading.ok) return reading
    return withReference(signer, account, (reference) =>
      isPin(reference, value, reading.pin) ? { ok: true } : { ok: false, reason: 'pin_wrong' },
    )
  },
}

/** A new PIN, enciphered for `to`, and the value to keep for it. */
export const generatePin: Operation<GeneratePinArgs, { block: Uint8Array; value: string }> = {
  ...inSigner('GeneratePin'),
  clear: (signer, { account, source, length, to }) =>
    withReference(signer, account, (reference) => {
      const pin = source === 'natural' ? naturalOf(reference, length) : randomPin(signer, length)
      const block = withPinKey(signer, to, 'encipher PINs', (side) =>
        encipherPin(side, pin, randomOf(signer)),
      )
      return { block, value: pinReferenceValue(reference, pin) }
    }),
}

/** The value to keep from now on, when the current PIN is right. */
export const changePin: Operation<ChangePinArgs, { ok: true; value: string } | PinRefused> = {
  ...inSigner('ChangePin'),
  clear: (signer, { account, value, current, next }) => {
    const [old, chosen] = [pinOf(signer, current), pinOf(signer, next)]
    if (!old.ok) return old
    if (!chosen.ok) return chosen
    return withReference(signer, account, (reference) => changedValue(reference, value, old.pin, chosen.pin))
  },
}

/** `places` never has these in the token. */
function inSigner<Name extends 'TranslatePin' | 'VerifyPin' | 'GeneratePin' | 'ChangePin'>(name: Name) {
  return { variant: () => name, inToken: null }
}

function pinOf(signer: Signer, { side, block }: PinBlockOf): PinReading {
  return withPinKey(signer, side, 'decipher PINs', (from) => decipherPin(from, block))
}

function withReference<Result>(
  signer: Signer,
  account: PinAccount,
  action: (reference: PinReference) => Result,
): Result {
  const { usage } = signer.ring.recordOf(account.key)
  if (usage !== USAGES[account.method])
    throw new HsmError(
      'KEY_WRONG_USAGE',
      `expected key "${account.key}" of usage "${USAGES[account.method]}", got "${usage}"`,
    )
  if (account.method === 'ibm-3624') expectSafeTable(account.decimalizationTable)
  return withClearKey(signer, account.key, 'verify PINs', (key) => action({ ...account, key }))
}

function naturalOf(reference: PinReference, length: number): string {
  if (reference.method === 'ibm-3624') return naturalPin(reference, length)
  throw new HsmError(
    'INVALID_INPUT_DATA',
    `expected method ibm-3624 for a natural PIN, got ${reference.method}`,
  )
}

/** Digits of a 64-bit number: as good as evenly drawn up to twelve of them. */
function randomPin(signer: Signer, length: number): string {
  const number = Buffer.from(randomOf(signer)(8)).readBigUInt64BE()
  return String(number % 10n ** BigInt(length)).padStart(length, '0')
}

function expectSafeTable(table: string): void {
  const counts = new Map<string, number>()
  for (const digit of table) counts.set(digit, (counts.get(digit) ?? 0) + 1)
  if (counts.size >= TABLE.differentAtLeast && Math.max(...counts.values()) <= TABLE.mostOfOne) return
  throw new HsmError(
    'INVALID_INPUT_DATA',
    `expected a decimalization table of ${TABLE.differentAtLeast} different digits or more, none more than ${TABLE.mostOfOne} times, got ${counts.size}`,
  )
}
