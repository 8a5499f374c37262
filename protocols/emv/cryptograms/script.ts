import { sameMac } from '../../mac/compare.ts'
import type { Family, PinBlockName, ScriptRules } from './families.ts'
import { format2PinBlock, visPinBlock } from './pin-block.ts'
import { type ScriptContext, scriptMac } from './script-mac.ts'
import { FORMAT_1, FORMAT_2, type SecureMessagingFormat } from './secure-messaging.ts'
import { ENCIPHERMENTS } from './suites.ts'

/** Header CLA INS P1 P2, and the length of data after it. */
const LC_OFFSET = 4
const MALFORMED = { ok: false, reason: 'script_malformed' } as const

/** A script command without its protection. */
export interface ScriptCommand {
  /** CLA INS P1 P2. */
  header: Uint8Array
  data: Uint8Array
  enciphered: boolean
}

/**
 * The command as it is sent: header, Lc, data (enciphered where asked for) and MAC, in the secure messaging format of the family. EMV 4.4
 * Book 2, 9. Throws a RangeError when the header is no 4 bytes or the protected data are over 255 bytes.
 */
export function sealScript(family: Family, context: ScriptContext, command: ScriptCommand): Uint8Array {
  const { script } = family
  const { header, enciphered } = command
  const format = formatOf(script)
  const data = enciphered
    ? ENCIPHERMENTS[script.encipherment].seal(context.confidentialityKey, command.data)
    : command.data
  const body = format.wrap(data, enciphered)
  return format.join(header, body, scriptMac(script, context, format.macHeader(header, body), body))
}

/** What a card finds in a script command; `mac` is what a next command is chained to. */
export type OpenedScript =
  | { ok: true; data: Uint8Array; mac: Uint8Array }
  | { ok: false; reason: 'script_malformed' | 'script_mac_wrong' }

/**
 * The card's side of {@link sealScript}: checks the MAC of `command` (header, Lc, data), then deciphers. `enciphered`: whether the data of
 * this command are. Never throws for what came in `command`.
 */
export function openScript(
  family: Family,
  context: ScriptContext,
  command: Uint8Array,
  enciphered: boolean,
): OpenedScript {
  const { script } = family
  const format = formatOf(script)
  const whole = command.length === LC_OFFSET + 1 + (command[LC_OFFSET] ?? 0)
  const parts = whole ? format.split(command) : null
  if (parts === null) return MALFORMED
  const { header, body, mac } = parts
  if (!sameMac(scriptMac(script, context, header, body), mac))
    return { ok: false, reason: 'script_mac_wrong' }
  const wrapped = format.unwrap(body, enciphered)
  const data = wrapped !== null && enciphered ? deciphered(script, context, wrapped) : wrapped
  return data === null ? MALFORMED : { ok: true, data, mac }
}

/** What a PIN CHANGE is made of. */
export interface PinChange {
  /** ICC master key for cryptograms, which masks Visa's PIN block. */
  masterKey: Uint8Array
  /** The new PIN, 4 to 12 digits. */
  pin: string
  /** The PIN it replaces, for a command that proves to know it (P2 = 01). */
  currentPin?: string
}

const PIN_BLOCKS: Record<PinBlockName, (change: PinChange) => Uint8Array> = {
  vis: ({ masterKey, pin, currentPin }) => visPinBlock(masterKey, pin, currentPin),
  'format-2': ({ pin }) => format2PinBlock(pin),
}

/**
 * PIN CHANGE/UNBLOCK with the new PIN enciphered, EMV 4.4 Book 3, 6.5.10. Throws a RangeError when the family has no command that takes
 * the current PIN.
 */
export function pinChangeCommand(family: Family, context: ScriptContext, change: PinChange): Uint8Array {
  const { newPin, replacedPin, cla } = family.script
  const isNew = change.currentPin === undefined
  const block = isNew ? newPin : replacedPin
  if (block === null) throw new RangeError(`expected no current PIN for ${family.title}, got one`)
  const header = Uint8Array.of(cla, 0x24, 0x00, isNew ? 0x02 : 0x01)
  return sealScript(family, context, { header, data: PIN_BLOCKS[block](change), enciphered: true })
}

function formatOf(rules: ScriptRules): SecureMessagingFormat {
  return rules.macInput === 'chained' ? FORMAT_1 : FORMAT_2
}

function deciphered(rules: ScriptRules, context: ScriptContext, data: Uint8Array): Uint8Array | null {
  if (data.length === 0 || data.length % rules.block !== 0) return null
  return ENCIPHERMENTS[rules.encipherment].open(context.confidentialityKey, data)
}
