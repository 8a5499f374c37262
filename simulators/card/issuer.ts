import { verifyIssuerAuthentication } from '../../protocols/emv/cryptograms/arpc.ts'
import { counterBytes, type Memory } from './memory.ts'
import { type CardState, happened, proceed, type Running, remember, runningOf } from './state.ts'

const CSU_BYTES = 4
const TRIES_MASK = 0x0f
/** Byte 2, bit 8 of the Card Status Update: the issuer approves. */
const APPROVED = 0x80

/**
 * Card Status Update of ARPC method 2, EMV 4.4 Book 3, Annex C10: what the issuer tells the card to do, by a bit of its second byte. The
 * PIN try counter that goes with the last stands in the low half of the first.
 */
const UPDATES: readonly (readonly [
  mask: number,
  change: (card: CardState, csu: Uint8Array) => Partial<Memory>,
])[] = [
  [0x40, blockCard],
  [0x20, () => ({ blocked: true })],
  [0x10, (_card, csu) => ({ pinTries: (csu[0] ?? 0) & TRIES_MASK })],
  [0x08, () => ({ goOnlineNext: true })],
]

/** Checks tag 91, whoever brought it, and does what the issuer says in it; true when it is the issuer's. EMV 4.4 Book 2, 8.2. */
export function authenticateIssuer(card: CardState, data: Uint8Array): boolean {
  const running = runningOf(card)
  const response = running === null ? null : issuerResponse(running, data)
  if (running === null) return false
  proceed(card, happened(running.transaction, response === null ? 'issuerRefused' : 'issuerAuthenticated'))
  remember(card, {
    issuerAuthenticationFailed: response === null,
    ...(response === null ? {} : { goOnlineNext: false }),
  })
  if (response !== null && running.application.family?.arpc.method === 2)
    update(card, response.subarray(0, CSU_BYTES))
  return response !== null
}

function issuerResponse({ application, memory, transaction }: Running, data: Uint8Array): Uint8Array | null {
  const { family, keys } = application
  if (family === null) return null
  const answered = {
    masterKey: keys.master,
    atc: counterBytes(memory.atc),
    unpredictableNumber: transaction.told.get('9F37') ?? new Uint8Array(4),
    cryptogram: transaction.cryptogram,
  }
  const checked = verifyIssuerAuthentication(family, answered, data)
  return checked.ok ? checked.response : null
}

function update(card: CardState, csu: Uint8Array): void {
  if (card.transaction !== null && ((csu[1] ?? 0) & APPROVED) === 0)
    proceed(card, happened(card.transaction, 'issuerDeclined'))
  for (const [mask, change] of UPDATES) if (((csu[1] ?? 0) & mask) !== 0) remember(card, change(card, csu))
}

function blockCard(card: CardState): Partial<Memory> {
  card.blocked = true
  return {}
}
