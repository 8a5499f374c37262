import { concat, equal, fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { applicationCryptogram } from '../../protocols/emv/cryptograms/application-cryptogram.ts'
import { issuerAuthenticationData } from '../../protocols/emv/cryptograms/arpc.ts'
import { FAMILIES, type Family, familyOfIad } from '../../protocols/emv/cryptograms/families.ts'
import { scriptSessionKey } from '../../protocols/emv/cryptograms/script-mac.ts'
import { iccMasterKey } from '../../protocols/emv/keys/master-key.ts'
import type { CardProfile } from '../../simulators/card/profile.ts'
import { panOf } from '../../simulators/pos/emv/card-keys.ts'
import {
  noIssuer,
  type Online,
  type OnlineAnswer,
  type OnlineRequest,
} from '../../simulators/pos/emv/online.ts'
import { buildScripts, type ScriptOrder } from './issuer-scripts.ts'
import { isPinOf } from './pin-pad.ts'
import { otherPin } from './test-cardholder.ts'

type TestKeys = NonNullable<CardProfile['testKeys']>

/** What the issuer of a scenario is told to do once it knows the card for its own. */
export interface IssuerOrder {
  /** `unknown`: no issuer of this card can be found. */
  decision: OnlineAnswer['decision'] | 'unknown'
  /** 8A, two characters. */
  responseCode: string
  /** Issuer authentication data (91); a number: so many bytes, as no issuer would send them. */
  proof: 'right' | 'wrong' | 'none' | number
  scripts: readonly ScriptOrder[]
}

/** Data objects of an online message: EMV 4.4 Book 4, 12.1. */
const ONLINE_TAGS =
  '56 5A 57 5F24 5F2A 5F34 82 84 95 9A 9C 9F02 9F03 9F09 9F10 9F1A 9F1E 9F26 9F27 9F33 9F34 9F35 9F36 9F37 9F41 9F6B'

/** What a terminal told the issuer, as it was then. */
export interface OnlineMessage {
  data: ReadonlyMap<string, Uint8Array>
  /** Whether there was an enciphered PIN. */
  hasPin: boolean
}

export const APPROVES: IssuerOrder = { decision: 'approve', responseCode: '00', proof: 'right', scripts: [] }

/** What it knows of a card beside its keys. */
export interface IssuedTestCard {
  keys: TestKeys
  pin: string
}

/** Card Status Update of ARPC method 2, EMV 4.4 Book 3, C10: byte 2 bit 8 says that the issuer approves. */
const STATUS_UPDATE = { approve: fromHex('00800000'), decline: fromHex('00000000') }

/**
 * The issuer of cards with test keys: checks the cryptogram and the PIN as an issuer does, and answers with a cryptogram of its own and scripts
 * under secure messaging. `messages` gets what it was told.
 */
export function testIssuer(card: IssuedTestCard, order: IssuerOrder, messages: OnlineMessage[]): Online {
  return async (request) => {
    messages.push(messageOf(request))
    if (order.decision === 'unable') return refusal('unable', '', 'issuer_unreachable')
    const own = order.decision === 'unknown' ? null : recognise(card.keys, request)
    if (own === null) return noIssuer(request)
    if (!own.genuine) return refusal('decline', '05', 'cryptogram_wrong')
    // ISO 8583 response code 55: incorrect PIN.
    if (isPinWrong(card, request)) return refusal('decline', '55', null)
    return answered(own, order, card)
  }
}

function messageOf({ data, pinData }: OnlineRequest): OnlineMessage {
  const told = ONLINE_TAGS.split(' ').flatMap((tag) => {
    const value = data.get(tag)
    return value === undefined ? [] : [[tag, Uint8Array.from(value)] as const]
  })
  return { data: new Map(told), hasPin: pinData !== null }
}

interface Recognised {
  family: Family
  genuine: boolean
  keys: TestKeys
  derive: (imk: string) => Uint8Array
  transaction: {
    masterKey: Uint8Array
    atc: Uint8Array
    unpredictableNumber: Uint8Array
    cryptogram: Uint8Array
  }
}

/** Null when the card is of no family that this issuer gives out. */
function recognise(keys: TestKeys, { data }: OnlineRequest): Recognised | null {
  const name = familyOfIad(data.get('9F10') ?? new Uint8Array())
  if (name === null) return null
  const family = FAMILIES[name]
  const derive = (imk: string) =>
    iccMasterKey(family.masterKey, fromHex(imk), panOf(data), toHex(data.get('5F34') ?? Uint8Array.of(0)))
  const transaction = {
    masterKey: derive(keys.cryptogram),
    atc: data.require('9F36'),
    unpredictableNumber: data.require('9F37'),
    cryptogram: data.require('9F26'),
  }
  const expected = applicationCryptogram(family, transaction.masterKey, (tag) => data.get(tag))
  return { family, genuine: equal(expected, transaction.cryptogram), keys, derive, transaction }
}

function isPinWrong({ pin }: IssuedTestCard, { data, pinData }: OnlineRequest): boolean {
  return pinData !== null && !isPinOf(pinData, pin, panOf(data))
}

function answered(own: Recognised, order: IssuerOrder, { pin }: IssuedTestCard): OnlineAnswer {
  const { family, keys, derive, transaction } = own
  const sessionKey = (imk: string) =>
    scriptSessionKey(family, derive(imk), transaction.atc, transaction.cryptogram)
  const context = {
    integrityKey: sessionKey(keys.integrity),
    confidentialityKey: sessionKey(keys.confidentiality),
    atc: transaction.atc,
    cryptogram: transaction.cryptogram,
  }
  const sealing = { family, context, masterKey: transaction.masterKey, newPin: otherPin(pin) }
  return {
    decision: order.decision === 'approve' ? 'approve' : 'decline',
    responseCode: order.responseCode,
    issuerAuthenticationData: proofOf(own, order),
    scripts: buildScripts(sealing, order.scripts),
    code: null,
  }
}

function proofOf({ family, transaction }: Recognised, order: IssuerOrder): Uint8Array | null {
  if (order.proof === 'none') return null
  const code = new Uint8Array(Buffer.from(order.responseCode, 'ascii'))
  const update = order.decision === 'approve' ? STATUS_UPDATE.approve : STATUS_UPDATE.decline
  const right = issuerAuthenticationData(family, transaction, family.arpc.method === 1 ? code : update)
  if (order.proof === 'right') return right
  if (order.proof === 'wrong') return right.map((byte, index) => (index === 0 ? byte ^ 0x01 : byte))
  return concat(right, new Uint8Array(order.proof)).subarray(0, order.proof)
}

function refusal(
  decision: 'decline' | 'unable',
  responseCode: string,
  code: OnlineAnswer['code'],
): OnlineAnswer {
  return { decision, responseCode, issuerAuthenticationData: null, scripts: [], code }
}
