import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { instructionOf } from '../apdu/instructions.ts'
import { fromHex, toHex } from '../bytes/bytes.ts'
import { encodeTlv } from '../tlv/tlv.ts'
import { describeCommand, describeResponse, type Line } from './describe.ts'
import { hiddenDigits, luhnDigit } from './pan.ts'
import { redactApdu } from './redact.ts'

/** One data object in hexadecimal. */
const tlv = (tag: string, ...values: string[]) => toHex(encodeTlv(tag, values.map(fromHex)))
const ascii = (text: string) => toHex(Buffer.from(text))
const stars = (count: number) => '*'.repeat(count)

const PAN = '4761739001010010'
const SHOWN = '47617390****0010'
const PIN = '241234FFFFFFFFFF'

describe('redaction of APDUs', () => {
  const cases: [string, string, string][] = [
    ['a PAN in a record', `${tlv('70', tlv('5A', PAN))}9000`, `700A5A08${SHOWN}9000`],
    [
      'a PAN filled with F',
      `${tlv('70', tlv('5A', '4761739001017FFF'))}9000`,
      '700A5A08476173***1017FFF9000',
    ],
    [
      'a PAN with another nibble',
      `${tlv('70', tlv('5A', '47617390A1010010'))}9000`,
      `700A5A08${stars(16)}9000`,
    ],
    [
      'track 2',
      `${tlv('70', tlv('57', `${PAN}D25122011234567F`))}9000`,
      `70125710${SHOWN}D2512201${stars(8)}9000`,
    ],
    ['track 2 without separator', `${tlv('70', tlv('57', PAN))}9000`, `700A5708${stars(16)}9000`],
    [
      'track 2 of the contactless kernel',
      `${tlv('70', tlv('9F6B', '5413330089020011D2512201FF'))}9000`,
      '70109F6B0D54133300****0011D2512201**9000',
    ],
    [
      'track 1',
      `${tlv('70', tlv('56', ascii(`B${PAN}^DOE/JO^25122011234567`)))}9000`,
      `7029 5627${ascii('B47617390')}${stars(8)}${ascii('0010^DOE/JO^2512201')}${stars(14)}9000`,
    ],
    ['track 1 without separators', `${tlv('70', tlv('56', ascii(PAN)))}9000`, `70125610${stars(32)}9000`],
    [
      'nested templates',
      `${tlv('6F', tlv('A5', tlv('BF0C', tlv('5A', PAN))))}9000`,
      `6F0FA50DBF0C0A5A08${SHOWN}9000`,
    ],
    [
      'discretionary data',
      `${tlv('77', tlv('9F1F', '3132'), tlv('9F20', '12'))}9000`,
      '77099F1F02****9F2001**9000',
    ],
    ['PIN data', `${tlv('77', tlv('99', PIN))}9000`, `770A9908${stars(16)}9000`],
    ['VERIFY', `0020008008${PIN}`, `0020008008${stars(16)}`],
    ['VERIFY whose Lc is wrong', `0020008009${PIN}`, `00200080${stars(18)}`],
    ['VERIFY that reads as a response, too', `0020008008${PIN}9000`, `00200080${stars(22)}`],
    ['PIN CHANGE', `8424000008${PIN}`, `8424000008${stars(16)}`],
    [
      'PIN CHANGE inside an issuer script',
      `${tlv('72', tlv('86', `8424000008${PIN}`))}9000`,
      `720F860D8424000008${stars(16)}9000`,
    ],
    ['a PAN among DOL data', `80AE80000C0102${PAN}FF01`, `80AE80000C0102${SHOWN}FF01`],
    ['a PAN in the PDOL data', `80A800000A${tlv('83', PAN)}00`, `80A800000A8308${SHOWN}00`],
    ['a PAN under a tag nobody knows', `${tlv('70', tlv('DF7E', PAN))}9000`, `700BDF7E08${SHOWN}9000`],
    ['data where a command has none', `00CA9F3608${PAN}`, `00CA9F3608${stars(16)}`],
    ['a record whose length is wrong', `700B5A08${PAN}9000`, `700B${stars(20)}9000`],
    ['a record cut by the reader', '700A5A08476173900101', `700A${stars(16)}`],
    ['bytes without tags', `${PAN}9000`, `4761${stars(12)}9000`],
    ['a status word', '6A82', '6A82'],
    ['nothing', '', ''],
    ['one byte', '90', '90'],
    ['SELECT', '00A404000AA00000015103010C060100', '00A404000AA00000015103010C060100'],
    ['a cryptogram', '770F9F2701809F26086EF3F46538F092F49000', '770F9F2701809F26086EF3F46538F092F49000'],
  ]
  for (const [name, apdu, shown] of cases) {
    it(name, () => assert.equal(redactApdu(fromHex(apdu)), shown.replaceAll(' ', '')))
  }
})

const byte = fc.integer({ min: 0, max: 255 })
const pan = fc
  .tuple(
    fc.integer({ min: 2, max: 6 }),
    fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 11, maxLength: 17 }),
  )
  .map(([first, rest]) => [first, ...rest].join(''))
  .map((digits) => digits + luhnDigit(digits))
const even = (digits: string) => digits + 'F'.repeat(digits.length % 2)

/** The PAN, in a place where a card or a terminal would put it. */
const objects: Record<string, (pan: string) => Uint8Array> = {
  '5A': (digits) => encodeTlv('5A', fromHex(even(digits))),
  '57': (digits) => encodeTlv('57', fromHex(even(`${digits}D25122011234`))),
  '9F6B': (digits) => encodeTlv('9F6B', fromHex(even(`${digits}D2512201000`))),
  '56': (digits) => encodeTlv('56', Buffer.from(`B${digits}^A/B^2512201000`)),
  '9F20': (digits) => encodeTlv('9F20', fromHex(even(digits))),
  DF7E: (digits) => encodeTlv('DF7E', fromHex(even(digits))),
}
const templates = fc.array(fc.constantFrom('70', '77', '6F', 'A5', 'BF0C', '61', 'FF8105'), { maxLength: 4 })
const neighbour = fc.constantFrom('9F36020001', '5F340101', '9F1000', '50024142', '00').map(fromHex)

interface Case {
  pan: string
  apdu: Uint8Array
}

const response: fc.Arbitrary<Case> = fc
  .record({
    pan,
    place: fc.constantFrom(...Object.keys(objects)),
    templates,
    before: neighbour,
    after: neighbour,
  })
  .map(({ pan, place, templates, before, after }) => {
    const inner = Buffer.concat([before, objects[place]?.(pan) ?? new Uint8Array(), after])
    const data = templates.reduce<Uint8Array>((value, tag) => encodeTlv(tag, value), encodeTlv('70', inner))
    return { pan, apdu: new Uint8Array([...data, 0x90, 0x00]) }
  })
const command: fc.Arbitrary<Case> = fc
  .record({
    pan,
    ins: fc.constantFrom(0xae, 0x88, 0x20),
    before: fc.uint8Array({ maxLength: 40 }),
    after: fc.uint8Array({ maxLength: 40 }),
  })
  .map(({ pan, ins, before, after }) => {
    const data = [...before, ...fromHex(even(pan)), ...after]
    return {
      pan,
      apdu: Uint8Array.of(ins === 0xae ? 0x80 : 0x00, ins, 0x80, 0x00, data.length, ...data, 0x00),
    }
  })
/** Cut short, or with a wrong outer length: what a torn tap or a broken card leaves. */
const broken: fc.Arbitrary<Case> = fc.oneof(
  fc
    .tuple(response, fc.nat(1000))
    .map(([{ pan, apdu }, cut]) => ({ pan, apdu: apdu.slice(0, apdu.length - (cut % apdu.length)) })),
  response.map(({ pan, apdu }) => ({ pan, apdu: apdu.with(1, ((apdu[1] ?? 0) + 1) % 128) })),
  // Not behind what says that no PAN follows: template 80, or the header of a command.
  fc
    .tuple(
      pan,
      fc
        .uint8Array({ maxLength: 3 })
        .filter(([cla, ins]) => cla !== 0x80 && instructionOf(cla ?? 0xff, ins ?? 0xff) === undefined),
    )
    .map(([pan, before]) => ({
      pan,
      apdu: new Uint8Array([...before, ...fromHex(even(pan)), 0x90, 0x00]),
    })),
)

function shows(text: string, pan: string): boolean {
  const { start, end } = hiddenDigits(pan.length)
  const visible = text.replace(/[^0-9A-F*]/g, '')
  const ascii = toHex(Buffer.from(pan))
  return (
    visible.includes(pan) ||
    visible.includes(ascii) ||
    (end - start > 5 && visible.includes(pan.slice(start - 2, end + 2)))
  )
}

const textOf = (lines: readonly Line[]) =>
  lines.map(({ name, hex, meaning }) => [name, hex, meaning].join('\n')).join('\n')

describe('what may be shown of any APDU', () => {
  for (const [name, cases] of Object.entries({ response, command, broken })) {
    it(`never holds a full PAN: ${name}`, () => {
      fc.assert(
        fc.property(cases, ({ pan, apdu }) => {
          const redacted = redactApdu(apdu)
          const texts = [
            redacted,
            textOf(describeCommand(apdu)),
            textOf(describeResponse(apdu, apdu)),
            textOf(describeResponse(fromHex('00B2010C00'), apdu)),
          ]
          for (const text of texts) assert.ok(!shows(text, pan), `${toHex(apdu)} → ${text}`)
          assert.equal(redacted.length, apdu.length * 2)
        }),
        { numRuns: 500 },
      )
    })
  }

  it('never throws, hides only by stars, and reads the same from bytes and from redacted text', () => {
    const any = fc.oneof(
      fc.uint8Array({ maxLength: 80 }),
      fc
        .oneof(response, command, broken)
        .chain(({ apdu }) =>
          fc
            .tuple(fc.nat(Math.max(0, apdu.length - 1)), byte)
            .map(([at, value]) => (apdu.length === 0 ? apdu : apdu.with(at, value))),
        ),
    )
    fc.assert(
      fc.property(any, any, (first, second) => {
        const redacted = redactApdu(first)
        const digits = toHex(first)
        assert.ok([...redacted].every((digit, index) => digit === '*' || digit === digits[index]))
        assert.deepEqual(describeCommand(redacted), describeCommand(first))
        assert.deepEqual(describeResponse(redactApdu(second), redacted), describeResponse(second, first))
      }),
      { numRuns: 2000 },
    )
  })

  it('never throws on any text either', () => {
    fc.assert(
      fc.property(fc.string(), fc.stringMatching(/^[0-9A-F*]{0,40}$/), (text, hex) => {
        for (const given of [text, hex])
          assert.ok(describeCommand(given).length + describeResponse(given, given).length > 0)
      }),
      { numRuns: 500 },
    )
  })
})
