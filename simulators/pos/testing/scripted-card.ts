import { type CardConnection, type CardReader, CardRemovedError } from '../../../hardware/pcsc/reader.ts'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { CDOL1_BYTES } from '../../../protocols/interledger/application.ts'
import { encodeTlv } from '../../../protocols/tlv/tlv.ts'

/** Hexadecimal with status word, or what happens instead of an answer. */
export type Answer = string | 'removed' | 'silent'

/** Answers by the beginning of the command, in hexadecimal; the longest beginning wins, anything else is 6D00. */
export type Script = Record<string, Answer>

/** An answer of nested data objects: `ok(['6F', …])` ends with 9000. */
export function ok(...objects: readonly [tag: string, value: string][]): string {
  return `${objects.map(([tag, value]) => tlv(tag, value)).join('')}9000`
}

export function tlv(tag: string, value: string): string {
  return toHex(encodeTlv(tag, fromHex(value)))
}

export const text = (ascii: string): string => toHex(Buffer.from(ascii, 'latin1'))

export const AID = 'A00000015103010C0601'
const PPSE = text('2PAY.SYS.DDF01')

export const SELECT_PPSE = `00A404000E${PPSE}`
export const SELECT_AID = `00A404000A${AID}`
export const GPO = '80A80000'
export const RECORD_1 = '00B2010C'
export const RECORD_2 = '00B2020C'
export const GENERATE_AC = '80AEC100'
export const GET_ATC = '80CA9F36'

/** The commands of a tap, in their order. */
export const SEQUENCE = [SELECT_PPSE, SELECT_AID, GPO, RECORD_1, RECORD_2, GENERATE_AC] as const

export const directory = (...entries: readonly string[]): string =>
  ok(['6F', tlv('84', PPSE) + tlv('A5', tlv('BF0C', entries.map((entry) => tlv('61', entry)).join('')))])

/** A card that every step of a tap accepts. Its PAN is a published test number. */
export const SOUND: Script = {
  [SELECT_PPSE]: directory(tlv('4F', AID) + tlv('50', text('Interledger')) + tlv('87', '01')),
  [SELECT_AID]: ok(['6F', tlv('84', AID) + tlv('A5', tlv('50', text('Interledger')))]),
  [GPO]: ok(['77', tlv('82', '1980') + tlv('94', '08010200') + tlv('9F36', '0007')]),
  [RECORD_1]: ok(['70', tlv('C1', text('$wallet.tapbench.example/alice')) + tlv('8C', toHex(CDOL1_BYTES))]),
  [RECORD_2]: ok(['70', `${tlv('5A', '4761739001010010')}${tlv('5F24', '301231')}5F340101`]),
  [GENERATE_AC]: ok(['77', `${tlv('9F27', '80')}${tlv('9F36', '0007')}${tlv('9F26', '0102030405060708')}`]),
}

/** A reader with one card that answers by a script. */
export class ScriptedReader implements CardReader {
  readonly name = 'scripted'
  /** Every command that came, in hexadecimal. */
  readonly commands: string[] = []
  connected = 0
  disconnected = 0
  readonly #script: Script | 'no card'
  readonly #onSilence: () => void

  constructor(script: Script | 'no card', onSilence: () => void = () => undefined) {
    this.#script = script
    this.#onSilence = onSilence
  }

  async connect(): Promise<CardConnection> {
    if (this.#script === 'no card') throw new CardRemovedError('no card came')
    this.connected++
    return {
      atr: fromHex('3B80800101'),
      transmit: (command) => this.#answer(toHex(command)),
      disconnect: async () => void this.disconnected++,
    }
  }

  async #answer(command: string): Promise<Uint8Array> {
    this.commands.push(command)
    const script: Script = this.#script === 'no card' ? {} : this.#script
    const [beginning] = Object.keys(script)
      .filter((key) => command.startsWith(key))
      .sort((a, b) => b.length - a.length)
    const answer = beginning === undefined ? '6D00' : (script[beginning] ?? '6D00')
    if (answer === 'removed') throw new CardRemovedError('card was removed')
    if (answer !== 'silent') return fromHex(answer)
    setImmediate(this.#onSilence)
    return new Promise(() => undefined)
  }
}
