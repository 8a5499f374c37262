import { loadRecording, type Recording, recordingFile } from '../../simulators/card/recording/recording.ts'
import { formatMoney, type Money, parsePrice, scaleOf } from '../../steps/bench/money.ts'
import { ConfigurationError } from '../../steps/bench/profile.ts'
import type { Conditions } from './lone-terminal.ts'

/** A recorded transaction, for a terminal that is to send the same commands again. */
export interface RecordedTap {
  recording: Recording
  conditions: Conditions
  amount: Money
}

/** What somebody wants of a tap. */
interface Wanted {
  card: string
  terminal?: string
  amount?: string
  currency?: string
}

/**
 * The recording that is meant, or null when it is a card profile. A recorded card answers what it was asked then and nothing else: throws
 * `ConfigurationError` for a recording without a transaction, and for wishes that are not those of its transaction.
 */
export function recordedTap(wanted: Wanted): RecordedTap | null {
  if (recordingFile(wanted.card) === null) return null
  const recording = loadRecording(wanted.card)
  const { terminal: conditions } = recording
  if (conditions === null) throw noTransaction(recording, wanted.card)
  const { currency } = conditions
  const amount = { value: BigInt(conditions.amount), currency, scale: scaleOf(currency) }
  requireSame('terminal', conditions.profile, wanted.terminal)
  requireSame('currency', currency, wanted.currency)
  if (wanted.amount !== undefined && parsePrice(wanted.amount, currency).value !== amount.value)
    requireSame('amount', formatMoney(amount), wanted.amount)
  return { recording, conditions, amount }
}

const KINDS: Readonly<Record<Recording['kind'], string>> = {
  survey: 'all that can be read, without a transaction',
  session: "another terminal's session",
  tap: 'a transaction without its conditions',
}

function noTransaction({ kind, title }: Recording, name: string): ConfigurationError {
  return new ConfigurationError(
    `expected a recording of a transaction, "${title}" is ${KINDS[kind]}: ` +
      `record one with "tapbench card record --tap --reader NAME -o FILE", or use this one with "tapbench card replay ${name}"`,
  )
}

function requireSame(what: string, recorded: string, wanted = recorded): void {
  if (wanted === recorded) return
  throw new ConfigurationError(
    `expected the ${what} that the recording was made with, ${recorded}, got ${wanted}: ` +
      `a recorded card answers nothing else; leave --${what} out, or tap a card profile`,
  )
}
