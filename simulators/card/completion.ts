import { buildDol } from '../../protocols/tlv/dol.ts'
import { amountOf } from './amount.ts'
import type { Memory } from './memory.ts'
import { type CardState, type CryptogramType, cardValue, type Running, remember, runningOf } from './state.ts'

/** Counts a transaction by its last cryptogram, and logs it. An ARQC is counted when the second cryptogram follows. */
export function settle(card: CardState, type: CryptogramType): void {
  const running = runningOf(card)
  if (running === null) return
  const { application, memory, transaction } = running
  remember(card, { onlineIncomplete: type === 'arqc' && application.dols.cdol2.length > 0 })
  const online = transaction.first === 'arqc' && !transaction.events.has('unableOnline')
  if (online && type !== 'arqc')
    remember(card, { lastOnlineAtc: memory.atc, offlineCount: 0, offlineAmount: 0, ...reported(running) })
  if (!online && type === 'tc')
    remember(card, {
      offlineCount: memory.offlineCount + 1,
      offlineAmount: memory.offlineAmount + (amountOf(transaction.told) ?? 0),
    })
  if (type !== 'aac') log(card, running)
}

/** A failed script of an earlier transaction: an issuer that has proved itself has seen it in the card verification results. */
function reported({ memory, transaction }: Running): Partial<Memory> {
  const heard = transaction.events.has('issuerAuthenticated') && memory.scriptFailed !== memory.atc
  return heard ? { scriptFailed: null } : {}
}

/** The newest entry comes first; the oldest leaves. EMV 4.4 Book 3, Annex D: values without tags, as the log format (9F4F) lists them. */
function log(card: CardState, running: Running): void {
  const { application, memory, transaction } = running
  // Of a transaction with two cryptograms, the first has logged it.
  if (application.log === null || transaction.second !== null) return
  const lookup = (tag: string) => transaction.told.get(tag) ?? cardValue(running, tag)
  const entry = buildDol(application.dols.logFormat, lookup)
  remember(card, { log: [entry, ...memory.log].slice(0, application.log.records) })
}
