import { CardDataError } from '../step.ts'

/** One Cardholder Verification Rule, EMV 4.4 Book 3, 10.5 and C3. */
export interface CvmRule {
  /** Byte 1 as it stands. */
  code: number
  /** The method: the low six bits of the code. */
  method: number
  /** Whether the next rule applies when this method fails (bit 7). */
  goOn: boolean
  condition: number
}

/** A CVM List, tag 8E. Amounts are minor units of the application's currency. */
export interface CvmList {
  amountX: bigint
  amountY: bigint
  rules: CvmRule[]
}

const AMOUNTS = 8

/** Reads tag 8E. Throws `CardDataError` when it is not two amounts and whole rules (Book 3, 7.5 and 10.5). */
export function parseCvmList(bytes: Uint8Array): CvmList {
  if (bytes.length < AMOUNTS || bytes.length % 2 !== 0)
    throw new CardDataError(`expected a CVM List (8E) of 8 bytes and pairs, got ${bytes.length} bytes`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  return {
    amountX: BigInt(view.getUint32(0)),
    amountY: BigInt(view.getUint32(4)),
    rules: Array.from({ length: (bytes.length - AMOUNTS) / 2 }, (_, index) => {
      const code = view.getUint8(AMOUNTS + index * 2)
      const condition = view.getUint8(AMOUNTS + index * 2 + 1)
      return { code, method: code & 0x3f, goOn: (code & 0x40) !== 0, condition }
    }),
  }
}

/** What conditions of a rule look at. */
export interface CvmSituation {
  list: CvmList
  /** 9F02, minor units. */
  amount: bigint
  /** Whether 9F42 is there and equal to 5F2A. */
  inCardCurrency: boolean
  unattended: boolean
  cash: boolean
  manualCash: boolean
  cashback: boolean
  /** Whether the terminal supports the rule's method. */
  supported: boolean
}

type Condition = (situation: CvmSituation) => boolean

/** CVM condition codes, Book 3, C3 (the numbers of its tables moved between editions). */
const CONDITIONS: ReadonlyMap<number, Condition> = new Map<number, Condition>([
  [0x00, () => true],
  [0x01, ({ unattended, cash }) => unattended && cash],
  [0x02, ({ unattended, cash, manualCash, cashback }) => !(unattended && cash) && !manualCash && !cashback],
  [0x03, ({ supported }) => supported],
  [0x04, ({ manualCash }) => manualCash],
  [0x05, ({ cashback }) => cashback],
  [0x06, ({ inCardCurrency, amount, list }) => inCardCurrency && amount < list.amountX],
  [0x07, ({ inCardCurrency, amount, list }) => inCardCurrency && amount > list.amountX],
  [0x08, ({ inCardCurrency, amount, list }) => inCardCurrency && amount < list.amountY],
  [0x09, ({ inCardCurrency, amount, list }) => inCardCurrency && amount > list.amountY],
])

/** Whether a condition holds; one that is reserved never does (Book 3, 10.5). */
export function holds(condition: number, situation: CvmSituation): boolean {
  return CONDITIONS.get(condition)?.(situation) ?? false
}

/** Conditions in words, for the journal. */
export const CONDITION_WORDS: ReadonlyMap<number, string> = new Map([
  [0x00, 'always'],
  [0x01, 'if unattended cash'],
  [0x02, 'if not unattended cash, manual cash or cashback'],
  [0x03, 'if the terminal supports it'],
  [0x04, 'if manual cash'],
  [0x05, 'if purchase with cashback'],
  [0x06, 'if under X in the card currency'],
  [0x07, 'if over X in the card currency'],
  [0x08, 'if under Y in the card currency'],
  [0x09, 'if over Y in the card currency'],
])

/** A cardholder verification method. */
export interface CvmMethod {
  name: string
  /** Bits of 9F33 byte 2 that a terminal needs, all of them. */
  capability: number
  /** Which offline PIN is part of it. */
  offlinePin: 'plaintext' | 'enciphered' | null
  onlinePin: boolean
  signature: boolean
}

const method = (name: string, capability: number, parts: Partial<CvmMethod> = {}): CvmMethod => ({
  name,
  capability,
  offlinePin: null,
  onlinePin: false,
  signature: false,
  ...parts,
})

export const FAIL_CVM = 0x00
export const NO_CVM = 0x1f

/** CVM codes, Book 3, C3, with the capabilities of Book 4, A2. Biometric methods of EMV 4.4 (06 to 0D) are not recognised. */
export const CVM_METHODS: ReadonlyMap<number, CvmMethod> = new Map([
  [FAIL_CVM, method('Fail CVM processing', 0)],
  [0x01, method('plaintext PIN verification performed by ICC', 0x80, { offlinePin: 'plaintext' })],
  [0x02, method('enciphered PIN verified online', 0x40, { onlinePin: true })],
  [
    0x03,
    method('plaintext PIN verification by ICC and signature', 0xa0, {
      offlinePin: 'plaintext',
      signature: true,
    }),
  ],
  [0x04, method('enciphered PIN verification performed by ICC', 0x10, { offlinePin: 'enciphered' })],
  [
    0x05,
    method('enciphered PIN verification by ICC and signature', 0x30, {
      offlinePin: 'enciphered',
      signature: true,
    }),
  ],
  [0x1e, method('signature', 0x20, { signature: true })],
  [NO_CVM, method('no CVM required', 0x08)],
])
