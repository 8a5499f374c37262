import { equal, toHex } from '../../protocols/bytes/bytes.ts'
import { truncatePan } from '../../protocols/emv/pan.ts'
import { ADDRESS_BYTES, AID, CDOL1_BYTES } from '../../protocols/interledger/application.ts'
import { fromPaymentPointer } from '../../protocols/interledger/payment-pointer.ts'
import { parseDol } from '../../protocols/tlv/dol.ts'
import { type CardData, mandatory, optional } from './card-data.ts'
import { CardDataError, end, reading, type Step } from './step.ts'

/** What the terminal needs to know of an Interledger card. */
export interface InterledgerCard {
  /** Payment pointer, `$host/path`. */
  sender: string
  /** `https://host/path`. */
  walletAddress: string
  /** Truncated; null when the card has none. */
  pan: string | null
}

/**
 * Reads the records of an Interledger application. A card without CDOL1 is taken to want the profile's, as terminals in the field do; one
 * with another CDOL1 is of an application that this terminal does not know.
 */
export function readInterledgerCard(records: CardData, aid: string): Step<InterledgerCard> {
  const cdol1 = records.get('8C') ?? CDOL1_BYTES
  const entries = reading('CDOL1', () => parseDol(cdol1))
  if (!entries.done) return entries
  if (!equal(cdol1, CDOL1_BYTES))
    return end('no_common_application', `CDOL1 of ${aid} is not that of the Interledger application`)
  if (!records.has('C1') && !aid.startsWith(toHex(AID)))
    return end('no_common_application', `${aid} has no wallet address`)
  return reading('READ RECORD', () => cardOf(records))
}

function cardOf(records: CardData): InterledgerCard {
  const sender = printable(mandatory(records, 'C1', 2, ADDRESS_BYTES))
  return { sender, walletAddress: fromPaymentPointer(sender), pan: panOf(optional(records, '5A', 1, 10)) }
}

function printable(value: Uint8Array): string {
  const text = Buffer.from(value).toString('latin1').replace(/\0+$/, '')
  if (!/^[\x21-\x7e]+$/.test(text)) throw new CardDataError('expected printable ASCII in C1, got other text')
  return text
}

function panOf(value: Uint8Array | null): string | null {
  if (value === null) return null
  const [, digits] = /^(\d+)F*$/.exec(toHex(value)) ?? []
  if (digits === undefined) throw new CardDataError('expected decimal digits in 5A (PAN), got others')
  return truncatePan(digits)
}
