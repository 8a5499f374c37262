import type { DerivationOption } from '../keys/diversification.ts'
import {
  ccdLayout,
  type IadLayout,
  INTERAC_LAYOUT,
  mchipLayout,
  parseIad,
  visaFormat1Layout,
  visaFormat2Layout,
} from './iad.ts'
import type { AcSessionKeyName, EnciphermentName, MacName, ScriptSessionKeyName } from './suites.ts'

/** How an issuer script is protected. */
export interface ScriptRules {
  /** Class byte: secure messaging of format 1 with its header in the MAC, or of format 2 (EMV 4.4 Book 3, 6.3.2). */
  cla: 0x8c | 0x84
  sessionKey: ScriptSessionKeyName
  mac: MacName
  /** `chained` is EMV's secure messaging format 1, the others its format 2. */
  macInput: 'header-atc-cryptogram-data' | 'header-data' | 'chained'
  encipherment: EnciphermentName
  /** Bytes the encipherment works in. */
  block: 8 | 16
  /** PIN block of a PIN CHANGE command that knows no current PIN (P2 = 02), and of one that replaces it (P2 = 01); null: not there. */
  newPin: PinBlockName
  replacedPin: PinBlockName | null
}

export type PinBlockName = 'vis' | 'format-2'

/** Everything that tells one kind of cryptogram from another. */
export interface Family {
  title: string
  masterKey: DerivationOption
  acSessionKey: AcSessionKeyName
  acMac: MacName
  /** What of the Issuer Application Data follows the ten common data elements: all of it, or these parts. */
  tail: 'all' | readonly string[]
  iad: IadLayout
  /** Method of EMV 4.4 Book 2, 8.2, and the key: the session key of the cryptogram, or the master key itself. */
  arpc: { method: 1 | 2; key: 'session' | 'master' }
  script: ScriptRules
}

const VISA_SCRIPT: ScriptRules = {
  cla: 0x84,
  sessionKey: 'visa',
  mac: 'retail-padding-2',
  macInput: 'header-atc-cryptogram-data',
  encipherment: 'length-ecb',
  block: 8,
  newPin: 'vis',
  replacedPin: 'vis',
}

const MCHIP_SCRIPT: ScriptRules = {
  cla: 0x84,
  sessionKey: 'common',
  mac: 'retail-padding-2',
  macInput: 'header-atc-cryptogram-data',
  encipherment: 'cbc',
  block: 8,
  newPin: 'format-2',
  replacedPin: null,
}

const CCD_SCRIPT: ScriptRules = {
  cla: 0x8c,
  sessionKey: 'common',
  mac: 'retail-padding-2',
  macInput: 'chained',
  encipherment: 'padded-cbc',
  block: 8,
  newPin: 'format-2',
  replacedPin: null,
}

const COMMON = { masterKey: 'B', acSessionKey: 'common', acMac: 'retail-padding-2', tail: 'all' } as const
const SESSION_ARPC_1 = { method: 1, key: 'session' } as const
const SESSION_ARPC_2 = { method: 2, key: 'session' } as const
const MASTER_ARPC_1 = { method: 1, key: 'master' } as const

/**
 * Families of application cryptograms. EMV 4.4 Book 2, Part IV and Book 3, Annex C (Common Core Definitions); VIS 1.6; M/Chip 4 and
 * Advance; Interac. The names carry the cryptogram version number as it is spoken of: CVN 10, 18, 22 of Visa are the bytes 0A, 12, 22;
 * CVN 16, 17, 20, 21 of M/Chip are 10, 11, 14, 15.
 */
export const FAMILIES = {
  'ccd-tdes': {
    ...COMMON,
    title: "Common Core Definitions, triple DES, cryptogram version '5'",
    iad: ccdLayout('A5'),
    arpc: SESSION_ARPC_2,
    script: CCD_SCRIPT,
  },
  'ccd-aes': {
    title: "Common Core Definitions, AES, cryptogram version '6'",
    masterKey: 'C',
    acSessionKey: 'common-aes',
    acMac: 'aes-cmac',
    tail: 'all',
    iad: ccdLayout('A6'),
    arpc: SESSION_ARPC_2,
    script: {
      ...CCD_SCRIPT,
      sessionKey: 'common-aes',
      mac: 'aes-cmac',
      encipherment: 'padded-cbc-aes',
      block: 16,
    },
  },
  'visa-cvn-10': {
    title: 'Visa, CVN 10',
    masterKey: 'A',
    acSessionKey: 'none',
    acMac: 'retail-padding-1',
    tail: ['cvr'],
    iad: visaFormat1Layout('0A'),
    arpc: MASTER_ARPC_1,
    script: VISA_SCRIPT,
  },
  'visa-cvn-18': {
    ...COMMON,
    title: 'Visa, CVN 18',
    iad: visaFormat1Layout('12'),
    arpc: SESSION_ARPC_2,
    script: VISA_SCRIPT,
  },
  'visa-cvn-22': {
    ...COMMON,
    title: 'Visa, CVN 22',
    iad: visaFormat2Layout('22'),
    arpc: SESSION_ARPC_2,
    script: { ...VISA_SCRIPT, sessionKey: 'common', newPin: 'format-2' },
  },
  'mchip-cvn-16': {
    ...COMMON,
    title: 'M/Chip, CVN 16',
    masterKey: 'A',
    acSessionKey: 'mastercard',
    tail: ['cvr'],
    iad: mchipLayout('10'),
    arpc: MASTER_ARPC_1,
    script: MCHIP_SCRIPT,
  },
  'mchip-cvn-17': {
    ...COMMON,
    title: 'M/Chip, CVN 17',
    masterKey: 'A',
    acSessionKey: 'mastercard',
    tail: ['cvr', 'counters'],
    iad: mchipLayout('11'),
    arpc: MASTER_ARPC_1,
    script: MCHIP_SCRIPT,
  },
  'mchip-cvn-20': {
    ...COMMON,
    title: 'M/Chip, CVN 20',
    masterKey: 'A',
    tail: ['cvr'],
    iad: mchipLayout('14'),
    arpc: SESSION_ARPC_1,
    script: MCHIP_SCRIPT,
  },
  'mchip-cvn-21': {
    ...COMMON,
    title: 'M/Chip, CVN 21',
    masterKey: 'A',
    tail: ['cvr', 'counters'],
    iad: mchipLayout('15'),
    arpc: SESSION_ARPC_1,
    script: MCHIP_SCRIPT,
  },
  'interac-cvn-133': {
    ...COMMON,
    title: 'Interac, CVN 133',
    masterKey: 'A',
    acSessionKey: 'mastercard',
    iad: INTERAC_LAYOUT,
    arpc: SESSION_ARPC_1,
    script: { ...MCHIP_SCRIPT, macInput: 'header-data' },
  },
} as const satisfies Record<string, Family>

export type FamilyName = keyof typeof FAMILIES

/** Names of all families. */
export const FAMILY_NAMES = Object.keys(FAMILIES) as FamilyName[]

/** The family whose layout Issuer Application Data (tag 9F10) has; null for none of them. */
export function familyOfIad(iad: Uint8Array): FamilyName | null {
  return FAMILY_NAMES.find((name) => parseIad(FAMILIES[name].iad, iad) !== null) ?? null
}
