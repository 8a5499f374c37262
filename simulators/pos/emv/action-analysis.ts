import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import type { DataStore } from './data-store.ts'
import type { TerminalType } from './terminal-type.ts'
import type { Tvr } from './tvr.ts'

/** Cryptogram types as P1 of GENERATE AC and the top two bits of the CID have them, EMV 4.4 Book 3, 6.5.5. */
export type CryptogramType = 'AAC' | 'TC' | 'ARQC'
export const CRYPTOGRAM_BITS: Readonly<Record<CryptogramType, number>> = { AAC: 0x00, TC: 0x40, ARQC: 0x80 }

/** The type that the top two bits name; null for the reserved 11. */
export function cryptogramTypeOf(byte: number): CryptogramType | null {
  const types: readonly (CryptogramType | null)[] = ['AAC', 'TC', 'ARQC', null]
  return types[byte >> 6] ?? null
}

/** Terminal action codes, upper-case hexadecimal of 5 bytes each. */
export interface ActionCodes {
  denial: string
  online: string
  default: string
}

type Action = keyof ActionCodes

// Book 3, 10.7: a card without issuer action codes denies nothing and asks for everything else.
const ISSUER: Readonly<Record<Action, { tag: string; absent: string }>> = {
  denial: { tag: '9F0E', absent: '0000000000' },
  online: { tag: '9F0F', absent: 'FFFFFFFFFF' },
  default: { tag: '9F0D', absent: 'FFFFFFFFFF' },
}

export interface ActionSituation {
  data: DataStore
  tvr: Tvr
  codes: ActionCodes
  type: TerminalType
  note: (step: string, detail: string) => void
}

/** Terminal action analysis before the first GENERATE AC, EMV 4.4 Book 3, 10.7. */
export function analyseAction(situation: ActionSituation): CryptogramType {
  const { type } = situation
  if (matches('denial', situation)) return decided(situation, 'AAC')
  // Book 3, 10.7: an online-only terminal need not look at the online codes.
  if (type.onlineOnly || (type.canGoOnline && matches('online', situation))) return decided(situation, 'ARQC')
  if (!type.canGoOnline && matches('default', situation)) return decided(situation, 'AAC')
  return decided(situation, 'TC')
}

/** The same when the issuer could not be reached: only the default codes count. */
export function analyseWithoutIssuer(situation: ActionSituation): CryptogramType {
  return decided(situation, matches('default', situation) ? 'AAC' : 'TC')
}

function decided({ note }: ActionSituation, type: CryptogramType): CryptogramType {
  note('Terminal action analysis', `decision: ${type}`)
  return type
}

function matches(action: Action, { data, tvr, codes, note }: ActionSituation): boolean {
  const { tag, absent } = ISSUER[action]
  const issuer = data.get(tag) ?? fromHex(absent)
  const terminal = fromHex(codes[action])
  const met = tvr.bytes.map((byte, index) => byte & ((issuer[index] ?? 0) | (terminal[index] ?? 0)))
  const found = met.some((byte) => byte !== 0)
  note(
    'Terminal action analysis',
    `${action}: IAC ${toHex(issuer)}, TAC ${toHex(terminal)}, TVR ${tvr.hex}: ${found ? `match in ${toHex(met)}` : 'no match'}`,
  )
  return found
}
