import { type Command, encodeCommand, parseCommand } from '../../protocols/apdu/command.ts'
import { concat, fromHex } from '../../protocols/bytes/bytes.ts'
import {
  type CryptogramCheck,
  verifyApplicationCryptogram,
} from '../../protocols/emv/cryptograms/application-cryptogram.ts'
import { issuerAuthenticationData } from '../../protocols/emv/cryptograms/arpc.ts'
import { FAMILIES, type Family, type FamilyName } from '../../protocols/emv/cryptograms/families.ts'
import { sealScript } from '../../protocols/emv/cryptograms/script.ts'
import { type ScriptContext, scriptSessionKey } from '../../protocols/emv/cryptograms/script-mac.ts'
import { iccMasterKey } from '../../protocols/emv/keys/master-key.ts'
import type { CardDesk } from './card-desk.ts'
import type { HeardCryptogram } from './hearing.ts'

type Purpose = 'cryptogram' | 'integrity' | 'confidentiality' | 'cvc3'

/** Authorisation Response Codes in ASCII (method 1), and Card Status Updates (method 2; EMV 4.4 Book 3, Annex C: byte 2, bit 8 approves). */
const RESPONSES = {
  approves: { 1: '3030', 2: '00820000' },
  declines: { 1: '3035', 2: '00020000' },
} as const
export type Verdict = keyof typeof RESPONSES

/** Name of the cryptogram of the selected application. Throws when it is none of EMV's. */
export function familyNameOf({ application }: CardDesk): FamilyName {
  const { cryptogram } = application.generateAc
  if (cryptogram in FAMILIES) return cryptogram as FamilyName
  throw new Error(`expected a card with a cryptogram of EMV, ${cryptogram} is Interledger's`)
}

export function familyOf(desk: CardDesk): Family {
  return FAMILIES[familyNameOf(desk)]
}

/** The card's master key, made again from the issuer's published test key. CVC3 has no AES form: its key is one of triple DES. */
export function masterKey(desk: CardDesk, purpose: Purpose): Uint8Array {
  const { testKeys, holder } = desk.image.profile
  const key = testKeys?.[purpose]
  if (key === undefined || holder.pan === undefined)
    throw new Error(`expected a card with a test key for its ${purpose}: use another card profile`)
  const option = purpose === 'cvc3' ? 'A' : familyOf(desk).masterKey
  return iccMasterKey(option, fromHex(key), holder.pan, holder.sequence)
}

/** The issuer's check of a cryptogram over what the terminal says, EMV 4.4 Book 2, 8.1. `changed`: what else was said, by tag. */
export function checkCryptogram(
  desk: CardDesk,
  { atc, iad, cryptogram }: HeardCryptogram,
  changed: Readonly<Record<string, string>> = {},
): CryptogramCheck {
  const own = new Map([
    ['82', desk.hearing.values.get('82') ?? new Uint8Array()],
    ['9F36', atc],
    ['9F10', iad],
  ])
  const lookup = (tag: string) => {
    const said = changed[tag] ?? desk.told.get(tag)
    return own.get(tag) ?? (said === undefined ? undefined : fromHex(said))
  }
  if (cryptogram === null)
    throw new Error('expected the cryptogram to be proved first: it is inside of a signature')
  return verifyApplicationCryptogram(familyOf(desk), masterKey(desk, 'cryptogram'), lookup, cryptogram)
}

/** Issuer Authentication Data (91) for the first cryptogram, Book 2, 8.2. `csu`: in place of the verdict's Card Status Update. */
export function authenticationData(desk: CardDesk, verdict: Verdict, csu?: string): Uint8Array {
  const family = familyOf(desk)
  const { atc, cryptogram } = online(desk)
  const transaction = {
    masterKey: masterKey(desk, 'cryptogram'),
    atc,
    unpredictableNumber: fromHex(desk.told.get('9F37') ?? ''),
    cryptogram,
  }
  const response = csu ?? RESPONSES[verdict][family.arpc.method]
  return issuerAuthenticationData(family, transaction, fromHex(response))
}

/** A script command of the card's issuer, Book 2, 9: enciphered where asked for, MAC added. Its class is the family's. */
export function sealed(
  desk: CardDesk,
  { ins, p1, p2, data = new Uint8Array() }: Command,
  enciphered: boolean,
): Command {
  const family = familyOf(desk)
  const header = Uint8Array.of(family.script.cla, ins, p1, p2)
  // Before the first cryptogram there is no session: a MAC of zeros, which the card must refuse for its time alone.
  if (desk.hearing.first === null) return parseCommand(encodeCommand(unsealed(header, data)))
  return parseCommand(sealScript(family, contextOf(desk, family), { header, data, enciphered }))
}

function unsealed([cla = 0, ins = 0, p1 = 0, p2 = 0]: Uint8Array, data: Uint8Array): Command {
  return { cla, ins, p1, p2, data: concat(data, new Uint8Array(8)) }
}

function contextOf(desk: CardDesk, family: Family): ScriptContext {
  const { atc, cryptogram } = online(desk)
  const keyOf = (purpose: Purpose) => scriptSessionKey(family, masterKey(desk, purpose), atc, cryptogram)
  const chained = family.script.macInput === 'chained' ? desk.hearing.scriptMac : null
  return {
    integrityKey: keyOf('integrity'),
    confidentialityKey: keyOf('confidentiality'),
    atc,
    cryptogram: chained ?? cryptogram,
  }
}

function online({ hearing }: CardDesk): { atc: Uint8Array; cryptogram: Uint8Array } {
  const { atc, cryptogram } = hearing.first ?? {}
  if (atc === undefined || !cryptogram)
    throw new Error('expected the issuer to have a first cryptogram to answer')
  return { atc, cryptogram }
}
