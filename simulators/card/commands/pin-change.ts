import type { Family, PinBlockName } from '../../../protocols/emv/cryptograms/families.ts'
import { openFormat2PinBlock, openVisPinBlock } from '../../../protocols/emv/cryptograms/pin-block.ts'
import type { Work } from '../secured.ts'
import { type Running, remember } from '../state.ts'

const UNBLOCK = 0x00
const REPLACE = 0x01
const CHANGE = 0x02

type Open = (running: Running, block: Uint8Array, currentPin?: string) => string | null

const OPEN: Record<PinBlockName, Open> = {
  vis: ({ application }, block, currentPin) => openVisPinBlock(application.keys.master, block, currentPin),
  'format-2': (_running, block) => openFormat2PinBlock(block),
}

/** Unblocks the PIN alone (P2 00). EMV 4.4 Book 3, 6.5.10. */
export const pinUnblock: Work = (card, running, { p1, p2 }, data) => {
  if (p1 !== 0x00 || p2 !== UNBLOCK) return 'wrongP1P2'
  if (data.length !== 0) return 'wrongLength'
  remember(card, { pinTries: triesOf(running) })
  return null
}

/** Replaces the PIN, with the new one enciphered: P2 02, or 01 where the block proves the current one. EMV 4.4 Book 3, 6.5.10. */
export const pinChange: Work = (card, running, { p1, p2 }, data) => {
  const kind = p1 === 0x00 ? blockKind(running.application.family, p2) : null
  if (kind === null) return 'wrongP1P2'
  const current = p2 === REPLACE ? (running.memory.pin ?? undefined) : undefined
  const pin = OPEN[kind](running, data, current)
  if (pin === null) return 'wrongData'
  remember(card, { pin, pinTries: triesOf(running) })
  return null
}

function blockKind(family: Family | null, p2: number): PinBlockName | null {
  if (p2 === CHANGE) return family?.script.newPin ?? null
  return p2 === REPLACE ? (family?.script.replacedPin ?? null) : null
}

function triesOf({ application }: Running): number {
  return application.profile.pin?.tries ?? 0
}
