import assert from 'node:assert/strict'
import { parseResponse } from '../../../protocols/apdu/response.ts'
import { concat, fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { buildDol, parseDol } from '../../../protocols/tlv/dol.ts'
import { encodeTlv, parseTlv, requireTag, type Tlv } from '../../../protocols/tlv/tlv.ts'
import { Card } from '../card.ts'
import type { CardImage } from '../image.ts'
import { loadCardProfile } from '../profile.ts'
import type { CardProfile } from '../profile-schema.ts'
import { personaliseTestCard, type TestCardOptions } from '../test-card.ts'

/** What a terminal says of a purchase of 12.50 EUR. */
export const TERMINAL: Readonly<Record<string, string>> = {
  '9F02': '000000001250',
  '9F03': '000000000000',
  '9F1A': '0276',
  '95': '0000008000',
  '5F2A': '0978',
  '9A': '261121',
  '9C': '00',
  '9F37': '01234567',
  '9F35': '22',
  '8A': '3030',
}

/** Bytes that are the same in every run: 1, 2, 3, … */
export function counting(): (length: number) => Uint8Array {
  let last = 0
  return (length) => Uint8Array.from({ length }, () => ++last & 0xff)
}

/** A card and a hand that sends it commands. */
export class Session {
  readonly card: Card
  readonly image: CardImage
  /** What the card is told; a test may change it. */
  told: Record<string, string> = { ...TERMINAL }

  constructor(profile: string | CardProfile, options: TestCardOptions = {}) {
    this.image = personaliseTestCard(
      typeof profile === 'string' ? loadCardProfile(profile) : profile,
      options,
    )
    this.card = new Card(this.image, counting())
  }

  get application() {
    return this.image.profile.applications[0] ?? assert.fail('no application')
  }

  send(hex: string) {
    return parseResponse(this.card.transmit(fromHex(hex)))
  }

  /** Status word of the last of several commands. */
  status(...commands: readonly string[]): string {
    const [last = 0] = commands.map((command) => this.send(command).sw).slice(-1)
    return last.toString(16).toUpperCase().padStart(4, '0')
  }

  ok(hex: string): Uint8Array {
    const { sw, data } = this.send(hex)
    assert.equal(sw.toString(16), '9000', hex.slice(0, 20))
    return data
  }

  select(p2 = '00'): Uint8Array {
    return this.ok(command(`00A404${p2}`, this.application.aid))
  }

  /** SELECT and GET PROCESSING OPTIONS, also of a blocked application. */
  begin(): Uint8Array {
    this.send(command('00A40400', this.application.aid))
    return this.ok(this.gpo())
  }

  gpo(): string {
    return command('80A80000', toHex(encodeTlv('83', this.fill(this.application.pdol ?? ''))))
  }

  /** GENERATE AC with what the terminal says; `list`: 8C or 8D. */
  generate(p1: string, list: '8C' | '8D' = '8C'): string {
    return command(`80AE${p1}00`, toHex(this.fill(this.application.data[list] ?? '')))
  }

  fill(dol: string): Uint8Array {
    return buildDol(parseDol(fromHex(dol)), (tag) => {
      const value = this.told[tag]
      return value === undefined ? undefined : fromHex(value)
    })
  }

  /** Every record, as the authenticated ones stand first in their files. */
  records(): { sfi: number; bytes: Uint8Array; authenticated: boolean }[] {
    return this.application.records.map(({ sfi, record, authenticated }) => ({
      sfi,
      bytes: this.ok(`00B2${byte(record)}${byte(sfi * 8 + 4)}00`),
      authenticated,
    }))
  }
}

/** A command with data and Le; `data` in hexadecimal. */
export function command(header: string, data: string): string {
  return `${header}${byte(data.length / 2)}${data}00`
}

/** The value of a tag in an answer. */
export function tagged(answer: Uint8Array, tag: string): Uint8Array {
  return requireTag(parseTlv(answer), tag).value
}

/** Cryptogram, CID, ATC and IAD of an answer to GENERATE AC of either format. */
export function cryptogramOf(answer: Uint8Array) {
  const [template] = parseTlv(answer) as [Tlv]
  if (template.tag === '77') {
    const of = (tag: string) => toHex(tagged(answer, tag))
    return { cid: of('9F27'), atc: of('9F36'), cryptogram: of('9F26'), iad: of('9F10') }
  }
  const hex = toHex(template.value)
  return { cid: hex.slice(0, 2), atc: hex.slice(2, 6), cryptogram: hex.slice(6, 22), iad: hex.slice(22) }
}

export function byte(value: number): string {
  return toHex(Uint8Array.of(value))
}

export function joined(...parts: Uint8Array[]): string {
  return toHex(concat(...parts))
}
