import { getData } from '../../../protocols/apdu/commands.ts'
import type { Response } from '../../../protocols/apdu/response.ts'
import { describeStatus } from '../../../protocols/apdu/status-words.ts'
import { format2PinBlock } from '../../../protocols/emv/cryptograms/pin-block.ts'
import { encipherPin } from '../../../protocols/emv/oda/enciphered-pin.ts'
import type { RsaPublicKey } from '../../../protocols/emv/oda/rsa.ts'
import { issuerKey, type KeyResult, pinKey } from '../emv/card-keys.ts'
import type { PinEntry } from '../emv/cardholder.ts'
import { getChallenge, verify } from '../emv/command.ts'
import { done, type Step } from '../step.ts'
import type { ContactContext } from './context.ts'
import { primitiveOf } from './get-data.ts'
import { provedIccKey } from './offline-data-authentication.ts'

const STEP = 'PIN'
const CHALLENGE_BYTES = 8
const BLOCKED = [0x6983, 0x6984]
// 63Cx counts down from 15 at most; a card that counts up again would otherwise never end.
const MOST_TRIES = 15

/** What the cardholder did at the PIN pad in this transaction. */
export interface PinDialogue {
  /** Once passed over, no method asks for a PIN again (EMV 4.4 Book 4, 6.3.4.3). */
  bypassed: boolean
}

export function newPinDialogue(): PinDialogue {
  return { bypassed: false }
}

/** Online PIN, EMV 4.4 Book 3, 10.5.2: whether one was entered. */
export async function verifyOnlinePin(context: ContactContext, dialogue: PinDialogue): Promise<boolean> {
  if (isRefused(context, dialogue, dialogue.bypassed ? 'bypassed' : null)) return false
  const entry = await context.deps.cardholder.onlinePin()
  if (entry.kind !== 'entered') return !isRefused(context, dialogue, entry.kind)
  context.pinData = entry.pinData
  context.tvr.set('onlinePinEntered')
  return true
}

/** Offline PIN, EMV 4.4 Book 3, 10.5.1, and Book 4, 6.3.4.1: whether the card accepted it. */
export async function verifyOfflinePin(
  context: ContactContext,
  enciphered: boolean,
  dialogue: PinDialogue,
): Promise<Step<boolean>> {
  const counter = await readTryCounter(context)
  if (!counter.done) return counter
  if (counter.value === 0) return done(exceeded(context))
  const key = enciphered ? encipheringKey(context) : null
  if (typeof key === 'string') {
    context.note(STEP, `cannot be enciphered: ${key}`)
    return done(false)
  }
  return askAndVerify(context, key, counter.value, dialogue)
}

async function askAndVerify(
  context: ContactContext,
  key: RsaPublicKey | null,
  tries: number | null,
  dialogue: PinDialogue,
): Promise<Step<boolean>> {
  let triesLeft = tries
  for (let round = 0; round < MOST_TRIES; round++) {
    const entry = dialogue.bypassed
      ? ({ kind: 'bypassed' } as const)
      : await context.deps.cardholder.offlinePin(triesLeft)
    if (entry.kind !== 'entered') return done(!isRefused(context, dialogue, entry.kind))
    const answer = await present(context, key, entry)
    if (!answer.done) return answer
    if (answer.value === null) return done(false)
    const { sw } = answer.value
    context.note(STEP, `VERIFY: ${describeStatus(sw)}`)
    if (sw === 0x9000) return done(true)
    if (BLOCKED.includes(sw) || sw === 0x63c0) return done(exceeded(context))
    if (sw >> 4 !== 0x63c) return done(false)
    triesLeft = sw & 0x0f
  }
  return done(false)
}

/** The card's answer to VERIFY; null when the PIN could not be enciphered. */
async function present(
  { session, deps, note }: ContactContext,
  key: RsaPublicKey | null,
  { pin }: Extract<PinEntry, { kind: 'entered' }>,
): Promise<Step<Response | null>> {
  const block = format2PinBlock(pin)
  if (key === null) return session.send('VERIFY', verify(block, false))
  const answer = await session.send('GET CHALLENGE', getChallenge())
  if (!answer.done) return answer
  const { sw, data } = answer.value
  if (sw !== 0x9000 || data.length !== CHALLENGE_BYTES) {
    // Book 2, 7.2: without an unpredictable number of 8 bytes the method fails.
    note(STEP, `GET CHALLENGE: ${describeStatus(sw)}, ${data.length} bytes`)
    return done(null)
  }
  return session.send('VERIFY', verify(encipherPin(key, block, data, deps.random), true))
}

/** 9F17, null when the card does not tell. */
async function readTryCounter({ session, data }: ContactContext): Promise<Step<number | null>> {
  const answer = await session.send('GET DATA 9F17', getData('9F17'))
  if (!answer.done) return answer
  const value = primitiveOf(answer.value, '9F17', 1)
  if (value === null) return done(null)
  data.learn('9F17', value)
  return done(value[0] ?? null)
}

/** The card's key for PIN encipherment, or its own when it has none for PINs alone (Book 2, 7.1). */
function encipheringKey(context: ContactContext): RsaPublicKey | string {
  const { data, trust } = context
  if (!data.has('9F2D')) return provedIccKey(context)
  const issuer = issuerKey(data, trust)
  const result: KeyResult = issuer.kind === 'key' ? pinKey(data, issuer.key, trust) : issuer
  if (result.kind === 'key') return result.key
  return result.kind === 'missing' ? `the card has no ${result.tags.join(', ')}` : result.failure.text
}

function exceeded({ tvr, note }: ContactContext): false {
  note(STEP, 'no tries left')
  tvr.set('pinTryLimitExceeded')
  return false
}

/** Whether there is no PIN, and why: into the TVR. */
function isRefused(
  { tvr, note }: ContactContext,
  dialogue: PinDialogue,
  why: 'bypassed' | 'not working' | null,
): boolean {
  if (why === null) return false
  note(STEP, why === 'bypassed' ? 'not entered' : 'PIN pad not present or not working')
  tvr.set(why === 'bypassed' ? 'pinNotEntered' : 'pinPadNotWorking')
  if (why === 'bypassed') dialogue.bypassed = true
  return true
}
