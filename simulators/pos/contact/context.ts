import type { RsaPublicKey } from '../../../protocols/emv/oda/rsa.ts'
import type { AuthenticatedRecord } from '../../../protocols/emv/oda/static-data.ts'
import type { CardSession } from '../card-session.ts'
import type { Trust } from '../emv/card-keys.ts'
import type { DataStore } from '../emv/data-store.ts'
import type { KernelDeps } from '../emv/kernel.ts'
import type { EmvSettings } from '../emv/settings.ts'
import type { TerminalType } from '../emv/terminal-type.ts'
import type { EmvTransaction } from '../emv/transaction.ts'
import type { Tsi } from '../emv/tsi.ts'
import type { Tvr } from '../emv/tvr.ts'
import type { ContactApplication } from './settings.ts'

/** One transaction of one application, as every step of the contact kernel sees it. */
export interface ContactContext {
  session: CardSession
  settings: EmvSettings
  application: ContactApplication
  transaction: EmvTransaction
  deps: KernelDeps
  trust: Trust
  type: TerminalType
  data: DataStore
  tvr: Tvr
  tsi: Tsi
  /** What GET PROCESSING OPTIONS was given; CDA signs it (EMV 4.4 Book 2, 6.6.1). */
  pdolData: Uint8Array
  /** Records that the AFL names for offline data authentication, in its order. */
  authenticatedRecords: AuthenticatedRecord[]
  /** The card's key when CDA is selected and may still be done. */
  cdaKey: RsaPublicKey | null
  /** An online PIN's enciphered block, tag 99. */
  pinData: Uint8Array | null
  scriptResults: string[]
  note: (step: string, detail: string) => void
}
