import { fromHex } from '../../../protocols/bytes/bytes.ts'
import { issuerAuthenticationData } from '../../../protocols/emv/cryptograms/arpc.ts'
import type { Family } from '../../../protocols/emv/cryptograms/families.ts'
import { pinChangeCommand, sealScript } from '../../../protocols/emv/cryptograms/script.ts'
import { type ScriptContext, scriptSessionKey } from '../../../protocols/emv/cryptograms/script-mac.ts'
import { CRYPTOGRAM_FAMILIES } from '../cryptogram.ts'
import type { CardImage } from '../image.ts'

const APPROVED = fromHex('3030')
/** Card Status Update, EMV 4.4 Book 3, Annex C10: approved, the PIN try counter and all else left alone. */
const NOTHING_TO_UPDATE = fromHex('00820000')
const MAC_BYTES = 8

/** What an issuer sees of a card that went online. */
export interface Arqc {
  /** 9F26, 8 bytes. */
  cryptogram: Uint8Array
  /** 9F36, 2 bytes. */
  atc: Uint8Array
  /** 9F37, 4 bytes. */
  unpredictableNumber: Uint8Array
}

/** A command of an issuer script before it is protected: INS P1 P2 and data, hexadecimal; or a new PIN. */
export type ScriptLine = { header: string; data: string } | { pin: string }

/** The issuer of one card with one of EMV's cryptograms: it answers and commands with the keys of the card's image. */
export class TestIssuer {
  readonly family: Family
  readonly #masterKey: Uint8Array
  readonly #keys: { integrity: Uint8Array; confidentiality: Uint8Array }

  /** Throws a TypeError when the card has none of EMV's cryptograms. */
  constructor({ profile, key, emv }: CardImage) {
    const [application] = profile.applications
    const family = application && CRYPTOGRAM_FAMILIES[application.generateAc.cryptogram].family
    if (emv === undefined || family == null)
      throw new TypeError(`expected a card with one of EMV's cryptograms, got ${profile.name}`)
    this.family = family
    this.#masterKey = fromHex(key.value)
    this.#keys = { integrity: fromHex(emv.integrity), confidentiality: fromHex(emv.confidentiality) }
  }

  /** Issuer Authentication Data (91) that approves, by the family's method. EMV 4.4 Book 2, 8.2. */
  approval(arqc: Arqc): Uint8Array {
    const response = this.family.arpc.method === 1 ? APPROVED : NOTHING_TO_UPDATE
    return issuerAuthenticationData(this.family, { masterKey: this.#masterKey, ...arqc }, response)
  }

  /** Commands under secure messaging in the order in which they must reach the card, EMV 4.4 Book 2, 9. */
  script(arqc: Arqc, lines: readonly ScriptLine[]): Uint8Array[] {
    let context = this.#contextOf(arqc)
    return lines.map((line) => {
      const sealed = this.#seal(context, line)
      // Where MACs are chained, the next covers this one.
      if (this.family.script.macInput === 'chained')
        context = { ...context, cryptogram: sealed.slice(-MAC_BYTES) }
      return sealed
    })
  }

  #contextOf({ atc, cryptogram }: Arqc): ScriptContext {
    const session = (master: Uint8Array) => scriptSessionKey(this.family, master, atc, cryptogram)
    return {
      integrityKey: session(this.#keys.integrity),
      confidentialityKey: session(this.#keys.confidentiality),
      atc,
      cryptogram,
    }
  }

  #seal(context: ScriptContext, line: ScriptLine): Uint8Array {
    if ('pin' in line)
      return pinChangeCommand(this.family, context, { masterKey: this.#masterKey, pin: line.pin })
    const header = Uint8Array.of(this.family.script.cla, ...fromHex(line.header))
    return sealScript(this.family, context, { header, data: fromHex(line.data), enciphered: false })
  }
}
