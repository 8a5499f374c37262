import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TLVParser } from '@interledger/tlv-kit'
import fc from 'fast-check'
import { fromHex, toHex } from '../bytes/bytes.ts'
import { encodeTlv, parseTlv } from '../tlv/tlv.ts'
import {
  buildPayload,
  cdol1DataOf,
  PayloadError,
  type PayloadFields,
  parsePayload,
  redactPayload,
  withPinData,
} from './payload.ts'
import { fromPaymentPointer, PaymentPointerError, toPaymentPointer } from './payment-pointer.ts'

const FIELDS: PayloadFields = {
  cid: 0x80,
  atc: fromHex('0001'),
  cryptogram: fromHex('6EF3F46538F092F4'),
  amount: 1250n,
  currency: '0978',
  exponent: 2,
  date: fromHex('261121'),
  time: fromHex('120000'),
  unpredictableNumber: fromHex('DEADBEEF'),
  receiver: '$shop.tapbench.example/coffee',
  sender: '$wallet.tapbench.example/alice',
}

const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length })
const bcd = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length * 2}}$`)).map(fromHex)
const pointer = fc.stringMatching(/^\$[\x21-\x7e]{1,63}$/)
const fields: fc.Arbitrary<PayloadFields> = fc
  .record(
    {
      atc: bytes(2),
      amount: fc.bigInt({ min: 0n, max: 999_999_999_999n }),
      currency: fc.stringMatching(/^[0-9]{4}$/),
      exponent: fc.nat(99),
      date: bcd(3),
      time: bcd(3),
      unpredictableNumber: bytes(4),
      receiver: pointer,
      sender: pointer,
    },
    { noNullPrototype: true },
  )
  .chain((rest) =>
    fc.oneof(
      bytes(8).map((cryptogram) => ({ ...rest, cid: 0x80, cryptogram })),
      bytes(72).map((cryptogram) => ({ ...rest, cid: 0xc1, cryptogram })),
    ),
  )

/** The payload with one data object replaced (undefined leaves it out) and others added. */
function altered(tag: string, value?: Uint8Array, ...added: Uint8Array[]): Uint8Array {
  const children = parseTlv(buildPayload(FIELDS)).flatMap((template) => template.children ?? [])
  const kept = children
    .map((child) => (child.tag === tag ? { ...child, value } : child))
    .flatMap(({ tag, value }) => (value === undefined ? [] : [encodeTlv(tag, value)]))
  return encodeTlv('77', [...kept, ...added])
}

describe('payload of a payment request', () => {
  it('round trip, in an order and form that @interledger/tlv-kit reads', () => {
    fc.assert(
      fc.property(fields, (given) => {
        const payload = buildPayload(given)
        assert.deepEqual(parsePayload(payload), { ...given, cdol1Data: cdol1DataOf(given), pinData: null })
        const [template] = TLVParser(payload)
        assert.deepEqual(
          template?.getChildren().map((tlv) => toHex(tlv.getTag())),
          ['9F27', '9F36', '9F26', '9F02', '5F2A', '5F36', '9A', '9F21', '9F37', 'DF01', 'DF02'],
        )
      }),
      { numRuns: 200 },
    )
  })

  it('takes further data objects: PIN data and counter', () => {
    const pinData = fromHex('141234FFFFFFFFFF')
    const more = [encodeTlv('99', pinData), encodeTlv('9F17', fromHex('03'))]
    assert.deepEqual(parsePayload(altered('', undefined, ...more)), {
      ...parsePayload(buildPayload(FIELDS)),
      pinData,
    })
  })

  it('carries an enciphered PIN block beside what the card signed, and is written down without it', () => {
    const payload = buildPayload(FIELDS)
    for (const bytes of [8, 16]) {
      const pinData = new Uint8Array(bytes).fill(0xab)
      const carrying = withPinData(payload, pinData)
      assert.deepEqual(parsePayload(carrying), { ...parsePayload(payload), pinData })
      assert.ok(!redactPayload(toHex(carrying)).includes('AB'))
      assert.equal(redactPayload(toHex(carrying)).replaceAll('*', ''), toHex(carrying).slice(0, -bytes * 2))
    }
    for (const plain of [toHex(payload), '9908', 'no payload 9910']) assert.equal(redactPayload(plain), plain)
    assert.throws(() => withPinData(new Uint8Array(3), new Uint8Array(8)), PayloadError)
  })

  const padded = (text: string) => new Uint8Array(Buffer.from(text.padEnd(64, '\0'), 'latin1'))
  const refused: [string, Uint8Array, string | null][] = [
    ['nothing', new Uint8Array(), '77'],
    ['another template', encodeTlv('70', buildPayload(FIELDS).slice(3)), '77'],
    ['two templates', new Uint8Array([...buildPayload(FIELDS), ...buildPayload(FIELDS)]), '77'],
    ['bytes that are no BER-TLV', fromHex('77059F2701'), null],
    ...['9F27', '9F36', '9F26', '9F02', '5F2A', '5F36', '9A', '9F21', '9F37', 'DF01', 'DF02'].flatMap(
      (tag): [string, Uint8Array, string][] => [
        [`no ${tag}`, altered(tag), tag],
        [`an empty ${tag}`, altered(tag, new Uint8Array()), tag],
        [`an ${tag} that is too long`, altered(tag, new Uint8Array(65).fill(0x24)), tag],
        [`two ${tag}`, altered('', undefined, encodeTlv(tag, new Uint8Array(1))), tag],
      ],
    ),
    ['an AAC', altered('9F27', fromHex('00')), '9F27'],
    ['an AES cryptogram in the place of an ECDSA one', altered('9F27', fromHex('C1')), '9F26'],
    ...['9F02', '5F2A', '5F36', '9A', '9F21'].map((tag): [string, Uint8Array, string] => {
      const length = { '9F02': 6, '5F2A': 2, '5F36': 1 }[tag] ?? 3
      return [`${tag} with another nibble`, altered(tag, new Uint8Array(length).fill(0x0a)), tag]
    }),
    ['a receiver without $', altered('DF01', padded('shop.example/a')), 'DF01'],
    ['a receiver that is $ alone', altered('DF01', padded('$')), 'DF01'],
    [
      'two PIN blocks',
      withPinData(withPinData(buildPayload(FIELDS), new Uint8Array(8)), new Uint8Array(8)),
      '99',
    ],
    ['a PIN block of 7 bytes', withPinData(buildPayload(FIELDS), new Uint8Array(7)), '99'],
    ['an empty sender', altered('DF02', new Uint8Array(64)), 'DF02'],
    ['a sender with a blank', altered('DF02', padded('$a.example/b c')), 'DF02'],
    ['a sender with a control character', altered('DF02', padded('$a.example/\u001b')), 'DF02'],
    ['a sender beyond ASCII', altered('DF02', padded('$a.example/é')), 'DF02'],
    ['a sender with a zero inside', altered('DF02', padded('$a.example/\0b')), 'DF02'],
  ]
  for (const [name, payload, tag] of refused) {
    it(`refuses ${name}, naming ${tag ?? 'the whole'}`, () => {
      assert.throws(
        () => parsePayload(payload),
        (error) => error instanceof PayloadError && error.tag === tag,
      )
    })
  }

  it('throws nothing but its own error on any bytes', () => {
    const good = buildPayload(FIELDS)
    const nearly = fc
      .tuple(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }))
      .map(([at, byte]) => good.with(at, byte))
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), nearly), (payload) => {
        try {
          parsePayload(payload)
        } catch (error) {
          assert.ok(error instanceof PayloadError, String(error))
        }
      }),
      { numRuns: 2000 },
    )
  })

  const unfit: Partial<PayloadFields>[] = [
    { atc: fromHex('01') },
    { amount: 10n ** 12n },
    { amount: -1n },
    { currency: '978000' },
    { exponent: 100 },
    { date: fromHex('20261121') },
    { unpredictableNumber: new Uint8Array(3) },
    { receiver: `$${'a'.repeat(64)}` },
    { sender: '$a.example/é' },
  ]
  for (const field of unfit) {
    it(`builds none with ${Object.keys(field)} that does not fit`, () => {
      assert.throws(() => buildPayload({ ...FIELDS, ...field }), RangeError)
    })
  }
})

describe('payment pointers', () => {
  const pairs: [string, string][] = [
    ['https://wallet.tapbench.example/alice', '$wallet.tapbench.example/alice'],
    ['https://wallet.example/.well-known/pay', '$wallet.example'],
    ['https://wallet.example/a/b/c', '$wallet.example/a/b/c'],
    ['https://wallet.example/a%20b', '$wallet.example/a%20b'],
    ['https://wallet.example/@alice', '$wallet.example/@alice'],
  ]
  for (const [url, pointer] of pairs) {
    it(`${pointer} is ${url}`, () => {
      assert.equal(toPaymentPointer(url), pointer)
      assert.equal(fromPaymentPointer(pointer), url)
    })
  }

  it('has one form of an address that can be written in several', () => {
    for (const url of ['https://Wallet.Example', 'https://wallet.example/'])
      assert.equal(toPaymentPointer(url), '$wallet.example')
    for (const pointer of ['$wallet.example', '$WALLET.example/', '$wallet.example/.well-known/pay'])
      assert.equal(fromPaymentPointer(pointer), 'https://wallet.example/.well-known/pay')
  })

  const refused = [
    '',
    'wallet.example/alice',
    'http://wallet.example/alice',
    'https://',
    'https://wallet.example:8443/alice',
    'https://wallet.example:443/alice',
    'https://bob@wallet.example/alice',
    'https://bob:x@wallet.example/alice',
    'https://wallet.example/alice?x=1',
    'https://wallet.example/alice?',
    'https://wallet.example/alice#x',
    'https://wallet.example/#',
    'https://wallet.example/a b',
    'https://wallet.example/../alice',
    'https://wallet.example\\alice',
    ' https://wallet.example/alice',
    'https://wället.example/alice',
  ]
  for (const url of refused) {
    it(`refuses "${url}"`, () => {
      assert.throws(() => toPaymentPointer(url), PaymentPointerError)
      assert.throws(() => fromPaymentPointer(url), PaymentPointerError)
      assert.throws(() => fromPaymentPointer(url.replace('https://', '$')), PaymentPointerError)
    })
  }

  it('round trip of any address, and nothing but its own error on any text', () => {
    const address = fc
      .tuple(fc.domain(), fc.stringMatching(/^(\/[a-z0-9_-]{1,12}){1,4}$/))
      .map(([host, path]) => `https://${host}${path}`)
    fc.assert(
      fc.property(address, (url) =>
        assert.equal(fromPaymentPointer(toPaymentPointer(url)), url.toLowerCase()),
      ),
    )
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.webUrl()), (text) => {
        for (const read of [toPaymentPointer, fromPaymentPointer]) {
          try {
            read(text)
          } catch (error) {
            assert.ok(error instanceof PaymentPointerError, String(error))
          }
        }
      }),
    )
  })
})
