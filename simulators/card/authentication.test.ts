import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { parse } from 'yaml'
import { concat, fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { format2PinBlock } from '../../protocols/emv/cryptograms/pin-block.ts'
import { caKeyStore } from '../../protocols/emv/oda/ca-key.ts'
import type { Certificate } from '../../protocols/emv/oda/certificate.ts'
import {
  transactionDataHash,
  verifyCombinedData,
  verifyDynamicData,
} from '../../protocols/emv/oda/dynamic-data.ts'
import { encipherPin } from '../../protocols/emv/oda/enciphered-pin.ts'
import { verifyIccCertificate, verifyPinCertificate } from '../../protocols/emv/oda/icc-certificate.ts'
import { verifyIssuerCertificate } from '../../protocols/emv/oda/issuer-certificate.ts'
import type { Checked } from '../../protocols/emv/oda/reasons.ts'
import { responseObjects } from '../../protocols/emv/oda/response-objects.ts'
import { staticDataToAuthenticate, verifyStaticData } from '../../protocols/emv/oda/static-data.ts'
import { findTag, parseTlv } from '../../protocols/tlv/tlv.ts'
import { command, counting, Session, tagged } from './testing/session.ts'

const DATE = fromHex('261121')
const UN = fromHex('01234567')
const NONE: Uint8Array = new Uint8Array()

interface KeyEntry {
  rid: string
  index: string
  modulus: string
  exponent: string
  expiry: string
  checksum: string
}

const file = parse(readFileSync(join(import.meta.dirname, '../../fixtures/ca-keys.yaml'), 'utf8')) as {
  caKeys: KeyEntry[]
}
/** Keys as a terminal has them. */
const store = caKeyStore(
  file.caKeys.map(({ rid, index, modulus, exponent, expiry, checksum }) => ({
    rid: fromHex(rid),
    index: Number.parseInt(index, 16),
    modulus: fromHex(modulus),
    exponent: fromHex(exponent),
    checksum: fromHex(checksum),
    expiry: fromHex(expiry),
  })),
)

/** A terminal's view of a card after READ RECORD: its data objects and its proved keys. */
class Terminal {
  readonly session: Session
  readonly values = new Map<string, Uint8Array>()
  readonly staticData: Uint8Array
  readonly pan: string
  readonly issuer

  constructor(profile: string) {
    this.session = new Session(profile)
    this.session.begin()
    const records = this.session.records()
    for (const { bytes } of records)
      for (const { tag, value } of parseTlv(bytes)[0]?.children ?? []) this.values.set(tag, value)
    const aip = fromHex(this.session.application.data['82'] ?? '')
    const authenticated = records.filter((record) => record.authenticated)
    this.staticData = proved(
      staticDataToAuthenticate(authenticated, this.values.get('9F4A') ?? null, aip),
    ).data
    this.pan = toHex(this.value('5A')).replace(/F$/, '')
    const rid = fromHex(this.session.application.aid).slice(0, 5)
    const ca = proved(store(rid, this.value('8F')[0] ?? 0, DATE))
    this.issuer = proved(
      verifyIssuerCertificate(ca, this.certificate('90', '92', '9F32'), { pan: this.pan, date: DATE }),
    ).key
  }

  value(tag: string): Uint8Array {
    return this.values.get(tag) ?? NONE
  }

  certificate(certificate: string, remainder: string, exponent: string): Certificate {
    return {
      certificate: this.value(certificate),
      remainder: this.value(remainder),
      exponent: this.value(exponent),
    }
  }

  card() {
    const check = { pan: this.pan, date: DATE, staticData: this.staticData }
    return verifyIccCertificate(this.issuer, this.certificate('9F46', '9F48', '9F47'), check)
  }

  dda() {
    const answer = this.session.ok(command('00880000', toHex(UN)))
    const [template] = parseTlv(answer)
    const signed = template?.tag === '80' ? template.value : tagged(answer, '9F4B')
    return verifyDynamicData(proved(this.card()).key, signed, UN)
  }

  /** CDA of an answer to GENERATE AC. */
  cda(answer: Uint8Array, cdol1Data: Uint8Array, cdol2Data = NONE) {
    const pdolData = this.session.fill(this.session.application.pdol ?? '')
    const { objects } = proved(responseObjects(answer))
    const hash = transactionDataHash({ pdolData, cdol1Data, cdol2Data, responseObjects: objects })
    const check = { unpredictableNumber: UN, cid: tagged(answer, '9F27')[0] ?? 0, transactionDataHash: hash }
    return verifyCombinedData(proved(this.card()).key, tagged(answer, '9F4B'), check)
  }

  list(tag: '8C' | '8D'): Uint8Array {
    return this.session.fill(this.session.application.data[tag] ?? '')
  }
}

const WITH_KEY = [
  'ccd-tdes-contact',
  'ccd-aes-contactless',
  'mchip-like-contact',
  'mchip-like-contactless',
  'offline-pin',
]

for (const name of WITH_KEY) {
  describe(name, () => {
    test('CDA of the first cryptogram is proved up to the authority', () => {
      const terminal = new Terminal(name)
      const answer = terminal.session.ok(terminal.session.generate('90'))
      proved(terminal.cda(answer, terminal.list('8C')))
      assert.equal(findTag(parseTlv(answer), '9F26'), undefined)
      const changed = terminal.list('8C').with(3, 0x99)
      assert.equal(terminal.cda(answer, new Uint8Array(changed)).ok, false)
    })

    test('an AAC is signed only where the card says so in 9F5D', () => {
      const { session } = new Terminal(name)
      const signed = findTag(parseTlv(session.ok(session.generate('10'))), '9F4B') !== undefined
      assert.equal(signed, session.application.data['9F5D'] === '000300')
    })
  })
}

for (const name of ['ccd-tdes-contact', 'mchip-like-contact', 'offline-pin']) {
  test(`${name}: DDA proves the dynamic number`, () => {
    assert.equal(proved(new Terminal(name).dda()).dynamicNumber.length, 8)
  })
}

test('CDA of the second cryptogram covers the data of both lists', () => {
  const terminal = new Terminal('mchip-like-contact')
  const { session } = terminal
  session.ok(session.generate('80'))
  const answer = session.ok(session.generate('50', '8D'))
  proved(terminal.cda(answer, terminal.list('8C'), terminal.list('8D')))
  assert.equal(terminal.cda(answer, terminal.list('8C')).ok, false)
})

test('SDA: the static data are proved, and no other', () => {
  const terminal = new Terminal('mchip-like-contact')
  const signed = terminal.value('93')
  assert.equal(
    toHex(proved(verifyStaticData(terminal.issuer, signed, terminal.staticData)).dataAuthenticationCode),
    'DAC1',
  )
  assert.equal(verifyStaticData(terminal.issuer, signed, concat(terminal.staticData, UN)).ok, false)
})

test('relay resistance data are signed with the cryptogram', () => {
  const terminal = new Terminal('mchip-like-contactless')
  const relay = terminal.session.ok(command('80EA0000', 'A1A2A3A4'))
  const answer = terminal.session.ok(terminal.session.generate('90'))
  const { further } = proved(terminal.cda(answer, terminal.list('8C')))
  assert.equal(toHex(further), `A1A2A3A4${toHex(relay).slice(4)}`)
})

test('a recovered answer is the torn one, byte for byte', () => {
  const { session } = new Terminal('mchip-like-contactless')
  const torn = session.ok(session.generate('90'))
  session.card.reset()
  session.begin()
  assert.equal(toHex(session.ok(command('80D00000', toHex(UN)))), toHex(torn))
})

describe('enciphered PIN', () => {
  const enciphered = (terminal: Terminal, pin: string) => {
    const certificate = terminal.certificate('9F2D', '9F2F', '9F2E')
    const { key } = proved(
      verifyPinCertificate(terminal.issuer, certificate, { pan: terminal.pan, date: DATE }),
    )
    const challenge = terminal.session.ok('0084000000')
    return command('00200088', toHex(encipherPin(key, format2PinBlock(pin), challenge, counting())))
  }

  test('is taken, and a wrong one counted', () => {
    const terminal = new Terminal('offline-pin')
    assert.equal(terminal.session.status(enciphered(terminal, '123456')), '9000')
    assert.equal(terminal.session.status(enciphered(terminal, '123457')), '63C2')
  })

  test('is taken once', () => {
    const terminal = new Terminal('offline-pin')
    const verify = enciphered(terminal, '123456')
    assert.equal(terminal.session.status(verify), '9000')
    assert.equal(terminal.session.status('0084000000', verify), '6984')
  })
})

describe('misbehaving cards fail where they should', () => {
  test('wrong-sdad', () => {
    assert.equal(new Terminal('wrong-sdad').dda().ok, false)
    const terminal = new Terminal('wrong-sdad')
    const answer = terminal.session.ok(terminal.session.generate('90'))
    assert.equal(terminal.cda(answer, terminal.list('8C')).ok, false)
  })

  test('wrong-certificate', () => assert.equal(new Terminal('wrong-certificate').card().ok, false))
})

function proved<T>(checked: Checked<T>): { ok: true } & T {
  return checked.ok ? checked : assert.fail(`${checked.section}: ${checked.text}`)
}
