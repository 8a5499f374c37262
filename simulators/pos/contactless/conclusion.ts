import { toHex } from '../../../protocols/bytes/bytes.ts'
import type { CryptogramType } from '../emv/action-analysis.ts'
import { balanceOf } from './balance.ts'
import type { Kernel2Context } from './context.ts'
import type { Ending } from './endings.ts'
import { NO_ERROR } from './error-indication.ts'
import { NO_OUTCOME, type OutcomeParameterSet, type OutcomeStatus } from './outcome-parameters.ts'
import {
  approvalOf,
  type Message,
  type Status,
  showing,
  type UserInterfaceRequest,
} from './user-interface.ts'

/** POS Cardholder Interaction Information (DF4B): bits that send the cardholder to the phone (Book C-2, Phone Message Table default). */
const SEE_PHONE = [0x00, 0x03, 0x0f]
const CONTACTS = 0x20
const CARD_DEVICE = '3030'
/** Transactions in which an AAC is a refusal; of a refund it is what was asked for (Book C-2, S910). */
const PAYING = new Set([0x00, 0x01, 0x09, 0x17])

/** How the kernel ends with a cryptogram, Book C-2, S910 "valid response". */
export function concludeWith(context: Kernel2Context, type: CryptogramType): Ending {
  if (type === 'TC')
    return ended(context, 'APPROVED', approvalOf(context.cvm), 'the card approved offline', { held: true })
  if (type === 'ARQC')
    return ended(context, 'ONLINE REQUEST', 'authorising', 'the issuer is to be asked', { held: false })
  return concludeRefusal(context)
}

/** Mag-stripe mode, Book C-2, S14: the issuer judges the dynamic track data. */
export function concludeMagStripe(context: Kernel2Context): Ending {
  return ended(context, 'ONLINE REQUEST', 'authorising', 'the issuer is to be asked, mag-stripe mode', {
    held: false,
  })
}

/** The card declines, Book C-2, S910 and S14: by an AAC, or by a checksum that it did not make. */
export function concludeRefusal(context: Kernel2Context): Ending {
  if (seesPhone(context)) return toPhone(context)
  if (!PAYING.has(context.transaction.type))
    return ended(context, 'END APPLICATION', 'clear display', 'no payment was asked for', { held: false })
  return offersInsertion(context)
    ? ended(context, 'TRY ANOTHER INTERFACE', 'insert card', 'the card declined without contacts', {
        held: true,
      })
    : ended(context, 'DECLINED', 'not authorised', 'the card declined', { held: true })
}

function seesPhone({ data }: Kernel2Context): boolean {
  const information = data.get('DF4B') ?? new Uint8Array()
  return SEE_PHONE.some((mask, index) => ((information[index] ?? 0) & mask) !== 0)
}

function toPhone(context: Kernel2Context): Ending {
  const ending = ended(context, 'END APPLICATION', 'see phone', 'the cardholder is to look at the phone', {
    held: true,
  })
  return { ...ending, parameters: { ...ending.parameters, start: 'B', uiRequestOnRestart: true } }
}

/**
 * Whether the card itself can be put in: the terminal reads contacts, and what was shown is a card. Third Party Data (9F6E): country (2),
 * unique identifier (2, its top bit 0: a device type follows), device type (2). The offsets are from memory of Annex A.
 */
function offersInsertion({ data }: Kernel2Context): boolean {
  const [input = 0] = data.require('9F33')
  if ((input & CONTACTS) === 0) return false
  const party = data.get('9F6E') ?? new Uint8Array()
  const tellsDevice = party.length >= 6 && ((party[2] ?? 0) & 0x80) === 0
  return !tellsDevice || toHex(party.subarray(4, 6)) === CARD_DEVICE
}

function ended(
  context: Kernel2Context,
  status: OutcomeStatus,
  message: Message,
  reason: string,
  { held }: { held: boolean },
): Ending {
  const { configuration, cvm, receipt } = context
  const parameters: OutcomeParameterSet = {
    ...NO_OUTCOME,
    status,
    cvm,
    receipt: receipt && (status === 'APPROVED' || status === 'ONLINE REQUEST'),
    uiRequestOnOutcome: true,
    dataRecord: true,
    discretionaryData: true,
  }
  const holdMs = held ? configuration.messageHoldMs : 0
  return {
    parameters,
    userInterface: request(context, message, 'not ready', holdMs),
    error: NO_ERROR,
    reason,
  }
}

function request(
  { data }: Kernel2Context,
  message: Message,
  status: Status,
  holdMs: number,
): UserInterfaceRequest {
  const shown = { ...showing(message, status, holdMs), language: data.get('5F2D') ?? new Uint8Array() }
  const amount = balanceOf(data)
  if (amount === null) return shown
  return { ...shown, value: { kind: 'balance', amount, currency: data.get('9F42') ?? new Uint8Array() } }
}
