import { type Command, encodeCommand } from '../../protocols/apdu/command.ts'
import type { Response } from '../../protocols/apdu/response.ts'
import { openScript } from '../../protocols/emv/cryptograms/script.ts'
import { type ScriptContext, scriptSessionKey } from '../../protocols/emv/cryptograms/script-mac.ts'
import { answer, refuse, type SW } from './answer.ts'
import { counterBytes } from './memory.ts'
import { type CardState, proceed, type Running, remember, runningOf } from './state.ts'

/** What an issuer script command does, once it is proved to be the issuer's: null when done, or why it cannot be. */
export type Work = (
  card: CardState,
  running: Running,
  command: Command,
  data: Uint8Array,
) => keyof typeof SW | null

/**
 * A command under secure messaging, EMV 4.4 Book 2, 9: checks the MAC, deciphers, then does its work. Book 3, 6.5: 6987 when the MAC is not
 * there, 6988 when it is wrong; either is remembered as a failed script.
 */
export function secured(work: Work, enciphered: boolean): (card: CardState, command: Command) => Response {
  return (card, command) => {
    const running = runningOf(card)
    const context = running === null ? null : contextOf(running)
    if (running?.application.family == null || context === null) return refuse('conditionsNotSatisfied')
    const { le: _, ...bare } = command
    const opened = openScript(running.application.family, context, encodeCommand(bare), enciphered)
    if (!opened.ok)
      return failed(
        card,
        opened.reason === 'script_malformed' ? 'messagingObjectMissing' : 'messagingObjectWrong',
      )
    proceed(card, { chain: opened.mac })
    const refusal = work(card, running, command, opened.data)
    if (refusal !== null) return failed(card, refusal)
    const { memory } = runningOf(card) ?? running
    remember(card, { scripts: Math.min(memory.scripts + 1, 0x0f) })
    return answer(new Uint8Array())
  }
}

/** Session keys of this transaction, for commands before and after the second cryptogram; null before the first, which they are made of. */
function contextOf({ application, memory, transaction }: Running): ScriptContext | null {
  const { family, keys } = application
  if (family === null || keys.integrity === null || keys.confidentiality === null) return null
  // Mag-stripe mode and RECOVER AC end a transaction that has no cryptogram of its own.
  if (transaction.first === null) return null
  const atc = counterBytes(memory.atc)
  const sessionKey = (master: Uint8Array) => scriptSessionKey(family, master, atc, transaction.cryptogram)
  const cryptogram = family.script.macInput === 'chained' ? transaction.chain : transaction.cryptogram
  return {
    integrityKey: sessionKey(keys.integrity),
    confidentialityKey: sessionKey(keys.confidentiality),
    atc,
    cryptogram,
  }
}

function failed(card: CardState, reason: keyof typeof SW): Response {
  remember(card, { scriptFailed: runningOf(card)?.memory.atc ?? null })
  return refuse(reason)
}
