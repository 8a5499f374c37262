import type { Clock } from '../../../protocols/clock/clock.ts'
import type { CaKeyStore } from '../../../protocols/emv/oda/ca-key.ts'
import type { ImportKey } from '../../../protocols/emv/oda/rsa.ts'
import type { Journal } from '../../../protocols/journal/journal.ts'
import type { CardSession } from '../card-session.ts'
import type { TerminalProfile } from '../profile.ts'
import type { Cardholder } from './cardholder.ts'
import type { KernelResult } from './kernel-result.ts'
import type { Online } from './online.ts'
import type { EmvTransaction } from './transaction.ts'

/** Everything a kernel needs beside card and terminal. */
export interface KernelDeps {
  clock: Clock
  random: (length: number) => Uint8Array
  journal: Journal
  caKeys: CaKeyStore
  online: Online
  cardholder: Cardholder
  /** See `rememberingImport`: a terminal meets the same issuers again and again. */
  importKey?: ImportKey
}

/**
 * A transaction with the card in `session`, from application selection to its end. What the card, the issuer and the terminal's rules
 * decide is in the result; throws `ReaderError` when the reader breaks, and what `online` and `cardholder` throw.
 */
export type Kernel = (
  session: CardSession,
  terminal: TerminalProfile,
  transaction: EmvTransaction,
  deps: KernelDeps,
) => Promise<KernelResult>
