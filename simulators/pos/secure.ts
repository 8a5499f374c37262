import { panOf } from '../../protocols/emv/account-data.ts'
import type { SignedPayload } from './card-phase.ts'
import type { TransactionKeys } from './device/transaction-keys.ts'
import type { DevicePinFormat } from './device/white-box.ts'
import type { PinEntry } from './emv/cardholder.ts'
import type { SecuredMembers, SecuredPin } from './secured-members.ts'
import { done, end, type Step } from './step.ts'

/** Asks the cardholder for a PIN. */
export type PinPad = () => Promise<PinEntry>

export const noPinPad: PinPad = async () => ({ kind: 'not working' })

export interface SecureDeps {
  /** Null of a terminal without a device of its own: nothing is enciphered, and no PIN is taken. */
  keys: TransactionKeys | null
  pinPad: PinPad
  format: DevicePinFormat
  /** Account number that the PIN block is made for, when it is not the card's. */
  pinPan?: string | undefined
  note: (step: string, detail: string) => void
}

const STEP = 'Online PIN'

/** The card's account and its holder's PIN, enciphered. The card is gone by now: PINs are entered after a tap. */
export async function secure(signed: SignedPayload, deps: SecureDeps): Promise<Step<SecuredMembers>> {
  const { keys } = deps
  if (keys === null) return done({})
  const account = await keys.account(signed.records)
  if (account === 'exhausted') return end('keys_exhausted', 'SRED')
  if (account === null) return done({})
  const pin = signed.verification === 'online PIN' ? await enterPin(signed, keys, deps) : done(null)
  if (!pin.done) return pin
  return done({ account, ...(pin.value === null ? {} : { pin: pin.value }) })
}

/** Null when none was entered: whether the payment is good without, the issuer decides. */
async function enterPin(
  { records }: SignedPayload,
  keys: TransactionKeys,
  { pinPad, format, pinPan, note }: SecureDeps,
): Promise<Step<SecuredPin | null>> {
  const entry = await pinPad()
  note(STEP, entry.kind)
  if (entry.kind !== 'entered') return done(null)
  const pin = await keys.pin(entry.pin, pinPan ?? panOf(records) ?? '', format)
  return pin === 'exhausted' ? end('keys_exhausted', 'PIN') : done(pin)
}
