import { CardRemovedError, ReaderError } from './reader.ts'

/** What the binding says (it gives no codes) when the card is not there, or left during a command. */
const CARD_LEFT = new Set([
  'Card was removed',
  'No smart card present',
  'Card is unpowered',
  'Card is unresponsive',
  'Transaction failed',
  'Communication error',
  'Reader not ready',
])

/** What to do about the rest. */
const ADVICE: Record<string, string> = {
  'PC/SC service not running': 'start it: systemctl start pcscd (apt-get install pcscd)',
  'PC/SC service stopped': 'start it again: systemctl start pcscd',
  'Sharing violation':
    'another program holds the card: close it (ps -C opensc-tool,pcsc_scan,scdaemon,gpg-agent)',
  'Card was reset': 'another program reset the card: close it and tap again',
  'Protocol mismatch': 'the card speaks neither T=0 nor T=1: use another card',
  'Card is not supported': 'use another card, or another reader',
  'Unknown reader': 'plug the reader in, or name one that is there',
  'Reader unavailable': 'plug the reader in, or name one that is there',
  'No readers available': 'plug a reader in',
  'Insufficient buffer': 'the card answered with more than 65,538 bytes: use another card',
  'Invalid handle': 'pcscd was restarted: open the reader again',
}

/**
 * The error of this project for one of the binding: {@link CardRemovedError} when the card left, else {@link ReaderError}, which says
 * `expected`, what came and what to do.
 */
export function explain(error: unknown, expected: string): CardRemovedError | ReaderError {
  const said = error instanceof Error ? error.message : String(error)
  if (CARD_LEFT.has(said))
    return new CardRemovedError(`${expected}, the card was gone (PC/SC: ${said})`, { cause: error })
  const advice = ADVICE[said] ?? 'see the log of pcscd: journalctl -u pcscd'
  return new ReaderError(`${expected}, got from PC/SC: ${said}; ${advice}`, { cause: error })
}
