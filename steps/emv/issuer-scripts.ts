import { concat, fromHex } from '../../protocols/bytes/bytes.ts'
import type { Family } from '../../protocols/emv/cryptograms/families.ts'
import { openScript, pinChangeCommand, sealScript } from '../../protocols/emv/cryptograms/script.ts'
import type { ScriptContext } from '../../protocols/emv/cryptograms/script-mac.ts'
import { encodeTlv } from '../../protocols/tlv/tlv.ts'

/** A script as a scenario orders it. */
export interface ScriptOrder {
  /** Before the second GENERATE AC, or after it. */
  template: '71' | '72'
  /** Each such as `PUT DATA 9F14 05`, see {@link sealCommand}. */
  commands: readonly string[]
}

/** What the issuer seals scripts with. */
export interface Sealing {
  family: Family
  context: ScriptContext
  masterKey: Uint8Array
  /** What a PIN CHANGE makes of the PIN. */
  newPin: string
}

const WRONG_MAC = ' with a wrong MAC'
/** INS P1 P2 of commands without data. EMV 4.4 Book 3, 6.5. */
const BARE: Readonly<Record<string, string>> = {
  'APPLICATION BLOCK': '1E0000',
  'APPLICATION UNBLOCK': '180000',
  'CARD BLOCK': '160000',
  'PIN UNBLOCK': '240000',
}

/** The templates of all scripts, identified by their number from 1 (9F18). Where MACs are chained, each goes on from the one before. */
export function buildScripts(sealing: Sealing, orders: readonly ScriptOrder[]): Uint8Array[] {
  let { context } = sealing
  return orders.map(({ template, commands }, index) => {
    const sealed = commands.map((command) => {
      const bytes = sealCommand({ ...sealing, context }, command)
      context = chained(sealing.family, context, bytes)
      return encodeTlv('86', bytes)
    })
    const id = encodeTlv('9F18', Uint8Array.of(0, 0, 0, index + 1))
    return encodeTlv(template, [id, ...sealed])
  })
}

/** A command under secure messaging: one of {@link BARE}, `PIN CHANGE`, `PUT DATA TAG VALUE`, or bytes; also ` with a wrong MAC`. */
function sealCommand(sealing: Sealing, text: string): Uint8Array {
  if (!text.endsWith(WRONG_MAC)) return wholeCommand(sealing, text)
  const bytes = wholeCommand(sealing, text.slice(0, -WRONG_MAC.length))
  return bytes.map((byte, index) => (index === bytes.length - 1 ? byte ^ 0x01 : byte))
}

function wholeCommand({ family, context, masterKey, newPin }: Sealing, text: string): Uint8Array {
  if (text === 'PIN CHANGE') return pinChangeCommand(family, context, { masterKey, pin: newPin })
  const [, tag, value] = /^PUT DATA ([0-9A-F]{4}) ([0-9A-F]+)$/.exec(text) ?? []
  const rest = tag === undefined ? BARE[text] : `DA${tag}`
  if (rest === undefined) return fromHex(text)
  const header = concat(Uint8Array.of(family.script.cla), fromHex(rest))
  return sealScript(family, context, { header, data: fromHex(value ?? ''), enciphered: false })
}

/** Only a command whose MAC is right moves the chain on, on either side. */
function chained(family: Family, context: ScriptContext, command: Uint8Array): ScriptContext {
  if (family.script.macInput !== 'chained') return context
  const opened = openScript(family, context, command, false)
  return opened.ok ? { ...context, cryptogram: opened.mac } : context
}
