import { equal } from '../../protocols/bytes/bytes.ts'
import { buildDol } from '../../protocols/tlv/dol.ts'
import { type CardState, type Running, remember } from './state.ts'

/** Keeps the answer to the first GENERATE AC for a terminal that did not get it. */
export function keepTorn(
  card: CardState,
  { application, memory, transaction }: Running,
  response: Uint8Array,
): void {
  const { tornLog } = application.profile
  if (tornLog === 0) return
  const key = buildDol(application.dols.drdol, (tag) => transaction.told.get(tag))
  remember(card, { torn: [{ key, response }, ...memory.torn].slice(0, tornLog) })
}

/** The answer that was kept under these DRDOL data, or undefined. */
export function tornAnswer({ memory }: Running, key: Uint8Array): Uint8Array | undefined {
  return memory.torn.find((kept) => equal(kept.key, key))?.response
}
