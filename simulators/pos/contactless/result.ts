import { toHex } from '../../../protocols/bytes/bytes.ts'
import type { ContactlessEnd } from '../../../protocols/journal/journal.ts'
import type { ReasonCode } from '../../../protocols/outcome/outcome.ts'
import { DataStore } from '../emv/data-store.ts'
import type { KernelCryptogram, KernelOutcome, KernelResult } from '../emv/kernel-result.ts'
import { balanceOf } from './balance.ts'
import type { Kernel2Context } from './context.ts'
import type { Ending } from './endings.ts'
import { describeErrorIndication, type ErrorIndication, encodeErrorIndication } from './error-indication.ts'
import {
  describeOutcomeParameterSet,
  encodeOutcomeParameterSet,
  type OutcomeParameterSet,
  type OutcomeStatus,
} from './outcome-parameters.ts'
import {
  describeUserInterfaceRequest,
  encodeUserInterfaceRequest,
  MESSAGES,
  type UserInterfaceRequest,
} from './user-interface.ts'

/** What a contactless transaction leaves behind beside what every kernel does. */
export interface ContactlessResult extends KernelResult {
  /** DF8129. */
  parameters: OutcomeParameterSet
  /** DF8116; null when nothing is to be shown. */
  userInterface: UserInterfaceRequest | null
  /** What the terminal shows when the issuer has answered; null when it was not asked. */
  afterOnline: UserInterfaceRequest | null
  /** DF8115. */
  error: ErrorIndication
  /** Null when no kernel came so far. */
  mode: 'EMV' | 'mag-stripe' | null
  /** Minor units; null when the card told none. */
  balance: bigint | null
  /** What the issuer is sent, by tag (Data Record, FF8105): holds account data, so that it goes into no journal. */
  dataRecord: ReadonlyMap<string, Uint8Array>
  /** Card that was selected, upper-case hexadecimal; null before. */
  aid: string | null
}

// Book A, 6.2: an outcome that starts again with the same card in the field is "Try Again", whatever the kernel calls it.
const OUTCOMES: Readonly<Record<OutcomeStatus, KernelOutcome>> = {
  APPROVED: 'Approved',
  DECLINED: 'Declined',
  'ONLINE REQUEST': 'OnlineRequest',
  'END APPLICATION': 'EndApplication',
  'SELECT NEXT': 'SelectNext',
  'TRY ANOTHER INTERFACE': 'TryAnotherInterface',
  'TRY AGAIN': 'TryAgain',
}

/** Book C-2, Annex A: tags of the Data Record in each mode. */
const RECORD_TAGS = {
  EMV: [
    ...['50', '57', '5A', '5F24', '5F25', '5F28', '5F2A', '5F34', '82', '84', '8E', '95', '9A', '9C'],
    ...['9F01', '9F02', '9F03', '9F07', '9F08', '9F09', '9F0D', '9F0E', '9F0F', '9F10', '9F11', '9F12'],
    ...[
      '9F15',
      '9F16',
      '9F1A',
      '9F1C',
      '9F1E',
      '9F24',
      '9F26',
      '9F27',
      '9F33',
      '9F34',
      '9F35',
      '9F36',
      '9F37',
    ],
    ...['9F40', '9F42', '9F53', '9F5D', '9F6E', 'DF8301', 'DF8302', 'DF8303', 'DF8304', 'DF8305', 'DF8306'],
  ],
  'mag-stripe': [
    '50',
    '56',
    '84',
    '9A',
    '9C',
    '9F02',
    '9F03',
    '9F11',
    '9F12',
    '9F1A',
    '9F36',
    '9F6A',
    '9F6B',
  ],
} as const

/** What a kernel's ending says to the terminal; every part of it is written down. */
export function resultOf(context: Kernel2Context, ending: Ending, aid: string): ContactlessResult {
  const { data, tvr, mode } = context
  return {
    ...entryPointResult(ending, context.note),
    tvr: tvr.hex,
    cvmResults: hexOf(data, '9F34'),
    cryptogram: cryptogramOf(data),
    data,
    mode,
    balance: balanceOf(data),
    dataRecord: ending.parameters.dataRecord && mode !== null ? recordOf(data, RECORD_TAGS[mode]) : new Map(),
    aid,
  }
}

/** The result of a transaction that came to no kernel. */
export function entryPointResult(
  ending: Ending,
  note: (step: string, detail: string) => void,
): ContactlessResult {
  const { parameters, userInterface, error, reason } = ending
  note('Outcome', `${describeOutcomeParameterSet(parameters)}: ${reason}`)
  note('Outcome Parameter Set', toHex(encodeOutcomeParameterSet(parameters)))
  note('Error Indication', `${describeErrorIndication(error)} (${toHex(encodeErrorIndication(error))})`)
  if (userInterface !== null)
    note(
      'User Interface Request Data',
      `${describeUserInterfaceRequest(userInterface)} (${toHex(encodeUserInterfaceRequest(userInterface))})`,
    )
  return {
    outcome: parameters.start === 'B' ? 'TryAgain' : OUTCOMES[parameters.status],
    reason,
    code: codeOf(ending),
    tvr: '0000000000',
    tsi: '0000',
    cvmResults: null,
    cryptogram: null,
    scriptResults: [],
    data: new DataStore(),
    parameters,
    userInterface,
    afterOnline: null,
    error,
    mode: null,
    balance: null,
    dataRecord: new Map(),
    aid: null,
  }
}

/** What a contactless transaction left behind, for those who read it. */
export function contactlessEnd(result: ContactlessResult): ContactlessEnd {
  const { mode, parameters, userInterface, afterOnline, error, balance } = result
  const shown = [userInterface, afterOnline].flatMap((request) => request ?? [])
  return {
    mode,
    status: parameters.status,
    messages: shown.map(({ message }) => MESSAGES[message].text).filter((text) => text !== ''),
    cvm: parameters.cvm,
    start: parameters.start,
    receipt: parameters.receipt,
    error: describeErrorIndication(error),
    balance: balance?.toString() ?? null,
    outcomeParameters: toHex(encodeOutcomeParameterSet(parameters)),
    userInterface: userInterface === null ? null : toHex(encodeUserInterfaceRequest(userInterface)),
    errorIndication: toHex(encodeErrorIndication(error)),
  }
}

function codeOf({ parameters: { status }, error: { l1, l2 } }: Ending): ReasonCode | null {
  if (status === 'APPROVED' || status === 'ONLINE REQUEST') return null
  if (l1 !== 'OK') return 'card_removed'
  if (l2 === 'EMPTY CANDIDATE LIST' || l2 === 'NO PPSE') return 'no_common_application'
  if (l2 === 'MAX LIMIT EXCEEDED') return 'terminal_declined'
  return l2 === 'OK' ? 'card_declined' : 'card_malformed'
}

function cryptogramOf(data: DataStore): KernelCryptogram | null {
  const [cid, atc, ac] = [hexOf(data, '9F27'), hexOf(data, '9F36'), hexOf(data, '9F26')]
  return cid === null || atc === null || ac === null ? null : { cid, atc, ac, iad: hexOf(data, '9F10') }
}

function hexOf(data: DataStore, tag: string): string | null {
  const value = data.get(tag)
  return value === undefined ? null : toHex(value)
}

function recordOf(data: DataStore, tags: readonly string[]): ReadonlyMap<string, Uint8Array> {
  return new Map(
    tags.flatMap((tag): [string, Uint8Array][] => {
      const value = data.get(tag)
      return value === undefined ? [] : [[tag, value]]
    }),
  )
}
