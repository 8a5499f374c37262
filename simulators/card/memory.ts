import { fromHex } from '../../protocols/bytes/bytes.ts'
import type { Application } from './application.ts'
import type { CardImage } from './image.ts'

/** A transaction whose answer the terminal may not have got. */
export interface TornTransaction {
  /** Values of the DRDOL by which it is asked for. */
  key: Uint8Array
  response: Uint8Array
}

/** What an application remembers when its power is off. It is replaced, never changed, so that a command can be undone. */
export interface Memory {
  readonly atc: number
  readonly lastOnlineAtc: number
  readonly blocked: boolean
  readonly pin: string | null
  readonly pinTries: number
  /** Transactions and amount (minor units) approved in a row without the issuer. */
  readonly offlineCount: number
  readonly offlineAmount: number
  /** A transaction has asked for the issuer and has not ended so far. */
  readonly onlineIncomplete: boolean
  readonly issuerAuthenticationFailed: boolean
  readonly goOnlineNext: boolean
  /** ATC of the transaction with the last script that failed; null once the issuer has heard of it. */
  readonly scriptFailed: number | null
  readonly scripts: number
  /** Values that PUT DATA wrote, by tag; records that UPDATE RECORD wrote, by `SFI/record`. */
  readonly written: ReadonlyMap<string, Uint8Array>
  readonly records: ReadonlyMap<string, Uint8Array>
  /** Newest first. */
  readonly log: readonly Uint8Array[]
  readonly torn: readonly TornTransaction[]
}

/** What an application of a new card remembers. */
export function newMemory({ profile }: Application, { atc }: CardImage): Memory {
  return {
    atc,
    lastOnlineAtc: 0,
    blocked: profile.blocked,
    pin: profile.pin?.value ?? null,
    pinTries: profile.pin?.tries ?? 0,
    offlineCount: 0,
    offlineAmount: 0,
    onlineIncomplete: false,
    issuerAuthenticationFailed: false,
    goOnlineNext: false,
    scriptFailed: null,
    scripts: 0,
    written: new Map(),
    records: new Map(),
    log: [],
    torn: [],
  }
}

/** A counter of two bytes, as 9F36 and 9F13. */
export function counterBytes(counter: number): Uint8Array {
  return Uint8Array.of(counter >> 8, counter & 0xff)
}

/** An amount of format n12. */
export function amountBytes(amount: number): Uint8Array {
  return fromHex(String(amount).slice(-12).padStart(12, '0'))
}
