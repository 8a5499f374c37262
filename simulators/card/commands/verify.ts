import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { openFormat2PinBlock } from '../../../protocols/emv/cryptograms/pin-block.ts'
import { decipherPin } from '../../../protocols/emv/oda/enciphered-pin.ts'
import { answer, refuse, wrongPin } from '../answer.ts'
import { type CardState, type Event, happened, proceed, type Running, remember, runningOf } from '../state.ts'

const PLAINTEXT = 0x80
const ENCIPHERED = 0x88
const PIN_BLOCK_BYTES = 8

/** VERIFY, EMV 4.4 Book 3, 6.5.12: the PIN as a block of format 2, plain (P2 80) or under the PIN encipherment key (P2 88). */
export function verify(card: CardState, { p1, p2, data }: Command): Response {
  const running = runningOf(card)
  if (running === null) return refuse('conditionsNotSatisfied')
  const length = expectedLength(running, p2)
  if (p1 !== 0x00 || length === null) return refuse('wrongP1P2')
  if (data?.length !== length) return refuse('wrongLength')
  if (running.memory.pinTries === 0) return refuse('methodBlocked')
  const block = p2 === PLAINTEXT ? data : deciphered(card, running, data)
  // Not fresh, or not enciphered for this card: EMV leaves the status word to the card; 6984 is the choice of M/Chip.
  if (block === null) return refuse('dataInvalidated')
  const pin = openFormat2PinBlock(block)
  if (pin === null) return refuse('wrongData')
  return compared(card, running, pin, p2 === ENCIPHERED ? ['pinEnciphered'] : [])
}

/** Bytes of the data field that go with P2; null when the card does not verify so. */
function expectedLength({ application: { profile, keys } }: Running, p2: number): number | null {
  if (p2 === PLAINTEXT) return profile.pin?.plaintext === true ? PIN_BLOCK_BYTES : null
  return p2 === ENCIPHERED ? ((keys.pin ?? keys.card)?.length ?? null) : null
}

/** Book 2, 7.2: with the key for PIN encipherment, or the card's own where it has no other. */
function deciphered(
  card: CardState,
  { application: { keys } }: Running,
  data: Uint8Array,
): Uint8Array | null {
  const key = keys.pin ?? keys.card
  if (card.challenge === null || key === null) return null
  const opened = decipherPin(key, data, card.challenge)
  return opened.ok ? opened.pinBlock : null
}

function compared(
  card: CardState,
  { application, memory, transaction }: Running,
  pin: string,
  how: Event[],
): Response {
  if (pin === memory.pin) {
    remember(card, { pinTries: application.profile.pin?.tries ?? 0 })
    proceed(card, happened(transaction, 'pinPassed', ...how))
    return answer(new Uint8Array())
  }
  remember(card, { pinTries: memory.pinTries - 1 })
  proceed(card, happened(transaction, 'pinFailed', ...how))
  return wrongPin(memory.pinTries - 1)
}
