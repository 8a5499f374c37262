import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import type { Family } from '../../protocols/emv/cryptograms/families.ts'
import { iccMasterKey } from '../../protocols/emv/keys/master-key.ts'
import { CRYPTOGRAM_FAMILIES } from './cryptogram.ts'
import type { Faults } from './faults.ts'
import type { CardImage } from './image.ts'
import { PersonalisationError } from './personalisation.ts'
import type { CardProfile } from './profile-schema.ts'
import { cardKeys, certify } from './test-certificates.ts'

export interface TestCardOptions {
  /** 13 to 19 digits; default: the profile's. */
  pan?: string
  /** YYMMDD; default: the profile's. */
  expiry?: string
  faults?: Faults
  /** Last ATC that the card used; default 0. */
  atc?: number
}

/** Whether cards of this profile are made with its published test keys, without an issuer. */
export function isTestProfile({ testKeys }: CardProfile): boolean {
  return testKeys !== undefined
}

/**
 * A card of a profile that declares `testKeys`: card keys derived from these published issuer master keys, certificates of the test authority.
 * No issuer knows the card; issuing such cards from keys in an HSM is not part of the bench yet. Throws {@link PersonalisationError}.
 */
export function personaliseTestCard(profile: CardProfile, options: TestCardOptions = {}): CardImage {
  const { testKeys, pki, holder } = profile
  const pan = options.pan ?? holder.pan
  const family = familyOf(profile)
  if (testKeys === undefined || family === null || pan === undefined)
    throw new PersonalisationError(
      `expected card profile ${profile.name} to have testKeys, a holder with a PAN and one of EMV's cryptograms: have an issuer make this card`,
    )
  const derive = (imk: string) => toHex(iccMasterKey(family.masterKey, fromHex(imk), pan, holder.sequence))
  const personalised = valuesOf(profile, pan, options.expiry ?? holder.expiry)
  return {
    profile,
    personalised,
    key: { algorithm: 'emv', value: derive(testKeys.cryptogram) },
    emv: {
      integrity: derive(testKeys.integrity),
      confidentiality: derive(testKeys.confidentiality),
      // CVC3 has no AES form: its key is derived as triple DES keys are.
      ...(testKeys.cvc3 === undefined
        ? {}
        : { cvc3: toHex(iccMasterKey('A', fromHex(testKeys.cvc3), pan, holder.sequence)) }),
      ...(pki === undefined ? {} : cardKeys(pki)),
      certified: Object.fromEntries(
        profile.applications.map((each) => [
          each.aid,
          pki === undefined ? {} : certify(pki, each, pan, personalised),
        ]),
      ),
    },
    atc: options.atc ?? 0,
    faults: { ...profile.faults, ...options.faults },
  }
}

/** The one family of all applications of a card, since they share its keys; null when there is none. */
function familyOf({ applications }: CardProfile): Family | null {
  const [family = null, ...others] = [
    ...new Set(applications.map(({ generateAc }) => CRYPTOGRAM_FAMILIES[generateAc.cryptogram].family)),
  ]
  return others.length === 0 ? family : null
}

/** What an issuer puts on every card. EMV 4.4 Book 3, Annex A; tracks as ISO/IEC 7813. */
function valuesOf({ holder }: CardProfile, pan: string, expiry: string): Record<string, string> {
  const { name, sequence, effective, serviceCode } = holder
  const month = expiry.slice(0, 4)
  return {
    '5A': even(pan),
    '5F20': ascii(name),
    '5F24': expiry,
    '5F25': effective,
    '5F34': sequence,
    '57': even(`${pan}D${month}${serviceCode}0000000000`),
    // Mag-stripe mode: room for the numbers that the reader puts in (EMV Contactless Book C-2, Annex A).
    '56': ascii(`B${pan}^${name}^${month}${serviceCode}0000000000000`),
    '9F6B': even(`${pan}D${month}${serviceCode}0000000000000`),
  }
}

function even(digits: string): string {
  return digits.length % 2 === 0 ? digits : `${digits}F`
}

function ascii(text: string): string {
  return toHex(Buffer.from(text, 'ascii'))
}
