import { concat } from '../../bytes/bytes.ts'
import { pad } from '../../mac/padding.ts'
import type { Family, ScriptRules } from './families.ts'
import { MACS, SCRIPT_SESSION_KEYS } from './suites.ts'

/** What protects the scripts of one transaction. */
export interface ScriptContext {
  /** Session keys, see {@link scriptSessionKey}. */
  integrityKey: Uint8Array
  confidentialityKey: Uint8Array
  /** Tag 9F36, 2 bytes. */
  atc: Uint8Array
  /** Tag 9F26 of the first GENERATE AC, 8 bytes; where MACs are chained, for a later command the MAC of the one before. */
  cryptogram: Uint8Array
}

type MacInput = (rules: ScriptRules, context: MacContext, header: Uint8Array, data: Uint8Array) => Uint8Array
type MacContext = Pick<ScriptContext, 'integrityKey' | 'atc' | 'cryptogram'>

const MAC_INPUTS: Record<ScriptRules['macInput'], MacInput> = {
  'header-atc-cryptogram-data': (_rules, { atc, cryptogram }, header, data) =>
    concat(header, atc, cryptogram, data),
  'header-data': (_rules, _context, header, data) => concat(header, data),
  // Chaining value and header fill whole blocks, so that the data objects start on one (ISO/IEC 7816-4, 10.2.3.1).
  chained: ({ block }, { cryptogram }, header, data) =>
    concat(pad(1, cryptogram, block), pad(2, header, block), data),
}

/** Session key for MAC or encipherment of scripts, EMV 4.4 Book 2, A1.3: `masterKey` is the card's for that purpose. */
export function scriptSessionKey(
  family: Family,
  masterKey: Uint8Array,
  atc: Uint8Array,
  cryptogram: Uint8Array,
): Uint8Array {
  return SCRIPT_SESSION_KEYS[family.script.sessionKey](masterKey, atc, cryptogram)
}

/**
 * MAC of a script command, EMV 4.4 Book 2, 9.2.3: 8 bytes. `header`: CLA INS P1 P2 and, in secure messaging format 2, Lc; `data`: what
 * stands before the MAC in the data field.
 */
export function scriptMac(
  rules: ScriptRules,
  context: MacContext,
  header: Uint8Array,
  data: Uint8Array,
): Uint8Array {
  return MACS[rules.mac](context.integrityKey, MAC_INPUTS[rules.macInput](rules, context, header, data))
}
