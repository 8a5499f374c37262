import type { Command } from '../../../protocols/apdu/command.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import type { Tlv } from '../../../protocols/tlv/tlv.ts'
import { dataOf } from '../card-data.ts'
import type { CardSession } from '../card-session.ts'
import type { DataStore } from '../emv/data-store.ts'
import type { KernelDeps } from '../emv/kernel.ts'
import type { EmvTransaction } from '../emv/transaction.ts'
import type { Tvr } from '../emv/tvr.ts'
import { reading } from '../step.ts'
import type { Kernel2Configuration } from './configuration.ts'
import { go, lost, otherCard, type Phase, stop } from './endings.ts'
import type { OutcomeCvm } from './outcome-parameters.ts'
import type { TornLog } from './torn-log.ts'
import type { UserInterfaceRequest } from './user-interface.ts'

/** What kernel 2 needs beside what every kernel does. */
export interface ContactlessDeps extends KernelDeps {
  /** Microseconds of any steady origin: relay resistance lives on less than milliseconds. */
  nowUs: () => number
  /** Kept from one transaction to the next. */
  tornLog: TornLog
  /** What the reader shows while the kernel runs (MSG signal, Book C-2, 2.2.2). */
  display?: (request: UserInterfaceRequest) => void
}

/** One run of kernel 2, and what it has found so far. */
export interface Kernel2Context {
  session: CardSession
  configuration: Kernel2Configuration
  transaction: EmvTransaction
  deps: ContactlessDeps
  data: DataStore
  tvr: Tvr
  /** Tags that records have brought, EMV 4.4 Book 3, 10.2. */
  recordTags: Set<string>
  /** Value of the PDOL, DF8111. */
  pdolData: Uint8Array
  /** What the cardholder has to do, for the outcome. */
  cvm: OutcomeCvm
  receipt: boolean
  mode: 'EMV' | 'mag-stripe' | null
  /** Writes a step and what came of it. */
  note: (step: string, detail: string) => void
}

/** Sends a command; a card that leaves or a broken protocol ends the kernel, the status word does not. */
export async function exchange(
  { session }: Kernel2Context,
  name: string,
  command: Command,
): Promise<Phase<Response>> {
  const answer = await session.send(name, command)
  return answer.done ? go(answer.value) : stop(lost(answer.outcome))
}

/** Like {@link exchange}; any status word but 9000 is L2 STATUS BYTES. */
export async function ask(
  context: Kernel2Context,
  name: string,
  command: Command,
): Promise<Phase<Uint8Array>> {
  const answer = await exchange(context, name, command)
  if (!answer.done) return answer
  const { sw, data } = answer.value
  if (sw === 0x9000) return go(data)
  return stop(invalid(context, 'STATUS BYTES', `${name}: ${describeStatus(sw)}`, sw))
}

/** Reads what the card answered; what breaks the format is L2 PARSING ERROR. */
export function parsing<Value>(context: Kernel2Context, name: string, read: () => Value): Phase<Value> {
  const step = reading(name, read)
  return step.done ? go(step.value) : stop(invalid(context, 'PARSING ERROR', step.outcome.reason ?? name))
}

/** The ending of an answer that cannot be used, held as long as the configuration says. */
export function invalid(
  { configuration }: Kernel2Context,
  l2: Parameters<typeof otherCard>[0],
  reason: string,
  sw = 0,
): ReturnType<typeof otherCard> {
  return otherCard(l2, reason, { sw, holdMs: configuration.messageHoldMs })
}

/** Takes over the primitive data objects of an answer. Throws `CardDataError` when it brings one twice. */
export function learn(data: DataStore, template: Tlv): void {
  for (const [tag, value] of dataOf(template)) data.learn(tag, value)
}

/** Four random bytes that the journal sees. */
export function unpredictable({ deps, note }: Kernel2Context, what: string): Uint8Array {
  const number = deps.random(4)
  note(what, toHex(number))
  return number
}
