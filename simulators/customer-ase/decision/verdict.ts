import type { InterledgerPayload } from '../../../protocols/interledger/payload.ts'
import type { ReasonCode } from '../../../protocols/outcome/outcome.ts'
import type { PayerAccount, PayerCard } from './payer.ts'

/** What the rules say of a tap, and how far they came. */
export interface Verdict {
  /** Null: approved, if the balance still allows it when the verdict is stored. */
  code: ReasonCode | null
  payload: InterledgerPayload | null
  account: PayerAccount | null
  card: PayerCard | null
  /** Whether the cryptogram is right and new, so that its ATC and unpredictable number are spent whatever the verdict is. */
  spent: boolean
  /** PIN tries that are left from now on; null when no PIN was verified. Only a tap that is spent changes them. */
  pinTries: number | null
}
