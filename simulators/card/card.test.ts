import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, test } from 'node:test'
import { AES128Verifier, DOL, ECDSAP256Verifier, TLVParser } from '@interledger/tlv-kit'
import fc from 'fast-check'
import file from '../../fixtures/vectors/ilf-testnet.json' with { type: 'json' }
import { parseResponse } from '../../protocols/apdu/response.ts'
import { asciiPadded, concat, fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { paddedContext, verifyAes, verifyEcdsa } from '../../protocols/interledger/cryptogram.ts'
import { fromPaymentPointer } from '../../protocols/interledger/payment-pointer.ts'
import { encodeTlv, parseTlv, requireTag } from '../../protocols/tlv/tlv.ts'
import { Card } from './card.ts'
import type { CardImage } from './image.ts'
import { type ApplicationProfile, loadCardProfile } from './profile.ts'
import { CARD_KEY, imageOf, recordWith, wrap, wrapPrivate } from './testing/issue.ts'

const SELECT = '00A404000AA00000015103010C060100'
const PPSE = '00A404000E325041592E5359532E444446303100'
const GPO = '80A8000002830000'
const RECORD = '00B2010C00'
const ATC = '80CA9F3600'

const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const P256_PEM = P256.publicKey.export({ format: 'pem', type: 'spki' }).toString()
const p256Record = () => recordWith({ algorithm: 'ec-p256', wrapped: wrapPrivate(P256.privateKey) })

function send(card: Card, hex: string) {
  return parseResponse(card.transmit(fromHex(hex)))
}

/** Status word of a command, or of the last of several. */
function statusOf(card: Card, ...commands: readonly string[]): string {
  const [last = 0] = commands.map((command) => send(card, command).sw).slice(-1)
  return last.toString(16).toUpperCase()
}

function ok(card: Card, hex: string): Uint8Array {
  const { sw, data } = send(card, hex)
  assert.equal(sw, 0x9000, `${hex} → ${sw.toString(16)}`)
  return data
}

/** CDOL1 data of a terminal: 12.50 EUR. */
function cdol1Data(atc: string): string {
  const fixed = `${atc}0000000012500978022601011200001122 3344`.replace(' ', '')
  const [receiver, sender] = ['$shop.tapbench.example/bakery', '$wallet.tapbench.example/alice'].map(
    (pointer) => toHex(asciiPadded(pointer, 64)),
  )
  return `${fixed}${receiver}${sender}`
}

const generateAc = (data: string, p1 = 'C1') => `80AE${p1}0095${data}00`

describe('vectors of the Interledger testnet', () => {
  const vectors = file.vectors.filter(({ kind }) => kind === 'aes-cmac' || kind === 'ecdsa-p256')
  assert.equal(vectors.length, 15)
  for (const vector of vectors) {
    const {
      id,
      kind,
      cmacKey = '',
      privateKeyPem = '',
      publicKeyPem = '',
      cdol1Data: data = '',
      cryptogram,
    } = vector
    const given = fromHex(data)
    const sender = fromPaymentPointer(vector.senderWalletAddress ?? '')
    test(`${id}: the card's answer is the vector's`, () => {
      const isAes = kind === 'aes-cmac'
      const key = isAes
        ? { wrapped: wrap(fromHex(cmacKey)) }
        : {
            algorithm: 'ec-p256' as const,
            wrapped: wrapPrivate(createPrivateKey(privateKeyPem)),
            publicKey: publicKeyPem,
          }
      const atc = (given[0] ?? 0) * 256 + (given[1] ?? 0) - 1
      const card = new Card(imageOf({ ...recordWith(key), walletAddress: sender }, { atc }))
      for (const command of [PPSE, SELECT, GPO]) ok(card, command)
      assert.ok(toHex(ok(card, RECORD)).includes(toHex(Buffer.from(vector.senderWalletAddress ?? ''))))
      const answer = ok(card, generateAc(data))
      const made = requireTag(parseTlv(answer), '9F26').value
      // An ECDSA signature is another one each time: verified instead of compared.
      if (isAes) assert.equal(toHex(made), cryptogram)
      else assert.ok(verifyEcdsa(createPublicKey(publicKeyPem), given, made))
      const tail = isAes ? cryptogram : toHex(made)
      const length = isAes ? '14' : '54'
      const cid = isAes ? '80' : 'C1'
      assert.equal(
        toHex(answer),
        `77${length}9F2701${cid}9F3602${data.slice(0, 4)}9F26${isAes ? '08' : '48'}${tail}`,
      )
    })
  }
})

describe('the reference implementation of Interledger', () => {
  test('accepts the AES cryptogram', async () => {
    const card = new Card(imageOf())
    for (const command of [SELECT, GPO]) ok(card, command)
    const data = fromHex(cdol1Data('0001'))
    const cryptogram = requireTag(parseTlv(ok(card, generateAc(toHex(data)))), '9F26').value
    assert.ok(await new AES128Verifier(CARD_KEY, data.slice(0, 2)).verify(paddedContext(data), cryptogram))
    assert.ok(verifyAes(CARD_KEY, data, cryptogram))
  })

  test('accepts the ECDSA cryptogram', async () => {
    const card = new Card(imageOf(p256Record()))
    for (const command of [SELECT, GPO]) ok(card, command)
    const data = fromHex(cdol1Data('0001'))
    const cryptogram = requireTag(parseTlv(ok(card, generateAc(toHex(data)))), '9F26').value
    assert.equal(cryptogram.length, 72)
    assert.ok(await new ECDSAP256Verifier(P256_PEM).verify(data, cryptogram))
  })

  test('reads every answer, and CDOL1', () => {
    const card = new Card(imageOf())
    for (const command of [PPSE, SELECT, GPO, RECORD, '00B2020C00', generateAc(cdol1Data('0001')), ATC]) {
      const data = ok(card, command)
      const [object] = TLVParser(data)
      assert.deepEqual(object?.encode(), new Uint8Array(data), command)
    }
    const [record] = parseTlv(ok(card, RECORD))
    const cdol1 = requireTag(record === undefined ? [] : [record], '8C').value
    assert.equal(new DOL(new Uint8Array(cdol1)).getTotalLength(), 149)
  })
})

for (const [name, image, cid] of [
  ['interledger', imageOf(), '80'],
  ['interledger-p256', imageOf(p256Record()), 'C1'],
] as const) {
  test(`${name}: the fixed commands of Interledger's terminal`, () => {
    const card = new Card(image)
    ok(card, SELECT)
    assert.equal(toHex(ok(card, '80A8000002830000')), '770F820200009404080102009F36020001')
    const address = requireTag(parseTlv(ok(card, '00B2010C00')), 'C1').value
    assert.equal(Buffer.from(address).toString('ascii'), '$wallet.tapbench.example/alice')
    const answer = parseTlv(ok(card, `80AEC10095${cdol1Data('0001')}00`))
    assert.equal(toHex(requireTag(answer, '9F27').value), cid)
    assert.equal(toHex(requireTag(answer, '9F36').value), '0001')
  })
}

test('the payment system environment lists the application with label and priority', () => {
  const [fci] = parseTlv(ok(new Card(imageOf()), PPSE))
  const tlvs = fci === undefined ? [] : [fci]
  assert.equal(Buffer.from(requireTag(tlvs, '84').value).toString(), '2PAY.SYS.DDF01')
  const [entry] = requireTag(tlvs, 'BF0C').children ?? []
  assert.equal(toHex(requireTag(entry?.children ?? [], '4F').value), 'A00000015103010C0601')
  assert.equal(Buffer.from(requireTag(entry?.children ?? [], '50').value).toString(), 'INTERLEDGER')
  assert.equal(toHex(requireTag(entry?.children ?? [], '87').value), '01')
})

describe('several applications', () => {
  const one = (aid: string, priority: number): ApplicationProfile => {
    const [application] = loadCardProfile('interledger').applications
    return { ...(application ?? assert.fail()), aid, priority }
  }
  const profile = loadCardProfile('interledger')
  const image: CardImage = {
    ...imageOf(),
    profile: { ...profile, applications: [one('A00000015103010C0602', 2), one('A00000015103010C0601', 1)] },
  }
  const nameOf = (card: Card, command: string) => toHex(requireTag(parseTlv(ok(card, command)), '84').value)

  test('are listed by priority', () => {
    const listed = parseTlv(ok(new Card(image), PPSE))
    const entries = requireTag(listed, 'BF0C').children ?? []
    assert.deepEqual(
      entries.map((entry) => toHex(requireTag([entry], '4F').value)),
      ['A00000015103010C0601', 'A00000015103010C0602'],
    )
  })

  test('are found one after the other by the beginning of their name', () => {
    const card = new Card(image)
    const command = (p2: string) => `00A404${p2}05A00000015100`
    assert.equal(nameOf(card, command('00')), 'A00000015103010C0601')
    assert.equal(nameOf(card, command('02')), 'A00000015103010C0602')
    assert.equal(statusOf(card, command('02')), '6A82')
    assert.equal(nameOf(card, command('00')), 'A00000015103010C0601')
    assert.equal(statusOf(new Card(image), command('02')), '6A82')
  })
})

test('the PDOL decides how much data GET PROCESSING OPTIONS takes', () => {
  const profile = loadCardProfile('interledger')
  const applications = profile.applications.map((each) => ({ ...each, pdol: '9F66049F02065F2A02' }))
  const card = new Card({ ...imageOf(), profile: { ...profile, applications } })
  assert.equal(toHex(requireTag(parseTlv(ok(card, SELECT)), '9F38').value), '9F66049F02065F2A02')
  assert.equal(statusOf(card, '80A8000002830000'), '6700')
  assert.equal(statusOf(card, `80A800000E830C${'00'.repeat(12)}00`), '9000')
})

describe('the application transaction counter', () => {
  test('counts transactions, survives a reset, and is told at any time', () => {
    const card = new Card(imageOf(recordWith(), { atc: 0x00fe }))
    ok(card, SELECT)
    assert.equal(toHex(ok(card, ATC)), '9F360200FE')
    for (const expected of ['00FF', '0100', '0101']) {
      card.reset()
      ok(card, SELECT)
      assert.equal(toHex(requireTag(parseTlv(ok(card, GPO)), '9F36').value), expected)
    }
    assert.equal(card.atc, 0x0101)
  })

  test('ends the card when it is used up', () => {
    const card = new Card(imageOf(recordWith(), { atc: 0xfffe }))
    assert.equal(statusOf(card, SELECT, GPO), '9000')
    assert.equal(statusOf(card, SELECT, GPO), '6985')
  })

  test('stays where it is on a card with that fault', () => {
    const card = new Card(imageOf(recordWith(), { atc: 5, faults: { freezeAtc: true } }))
    assert.equal(statusOf(card, SELECT, GPO, generateAc(cdol1Data('0005'))), '9000')
    assert.equal(card.atc, 5)
  })
})

test('one bit of a corrupt cryptogram is wrong', () => {
  for (const record of [recordWith(), p256Record()]) {
    const card = new Card(imageOf(record, { faults: { corruptCryptogram: true } }))
    for (const command of [SELECT, GPO]) ok(card, command)
    const data = fromHex(cdol1Data('0001'))
    const cryptogram = requireTag(parseTlv(ok(card, generateAc(toHex(data)))), '9F26').value
    const mended = new Uint8Array(cryptogram.with(7, (cryptogram[7] ?? 0) ^ 0x01))
    const verify = (value: Uint8Array) =>
      record.key.algorithm === 'aes-128'
        ? verifyAes(CARD_KEY, data, value)
        : verifyEcdsa(P256.publicKey, data, value)
    assert.ok(!verify(cryptogram) && verify(mended))
  }
})

const AC = generateAc(cdol1Data('0001'))
const REFUSED: [string, string, ...string[]][] = [
  ['6700', 'fewer bytes than a header', '00A404'],
  ['6700', 'nothing', ''],
  ['6700', 'Lc beyond the data', '00A404000AA000'],
  ['6E00', 'a class of no one', '90A404000AA00000015103010C060100'],
  ['6E00', 'SELECT in the class of EMV', '80A404000AA00000015103010C060100'],
  ['6E00', 'GPO in the class of ISO', SELECT, '00A8000002830000'],
  ['6D00', 'an instruction that it does not have', '0020008008FFFFFFFFFFFFFFFF'],
  ['6D00', 'GET RESPONSE', '00C0000010'],
  ['6A82', 'SELECT of another application', '00A4040007A000000003101000'],
  ['6A82', 'SELECT of a longer name', '00A404000BA00000015103010C06010100'],
  ['6A81', 'SELECT by file identifier', '00A40000023F0000'],
  ['6A86', 'SELECT of the previous one', '00A404030AA00000015103010C060100'],
  ['6700', 'SELECT without name', '00A4040000'],
  ['6700', 'SELECT of 17 bytes', `00A4040011${'A0'.repeat(17)}00`],
  ['6A82', 'SELECT of the next environment', PPSE, '00A404020E325041592E5359532E444446303100'],
  ['6985', 'GPO before SELECT', GPO],
  ['6985', 'GPO after the environment', SELECT, PPSE, GPO],
  ['6985', 'GPO twice', SELECT, GPO, GPO],
  ['6A86', 'GPO with P1', SELECT, '80A8010002830000'],
  ['6700', 'GPO without data', SELECT, '80A8000000'],
  ['6A80', 'GPO without template 83', SELECT, '80A8000002840000'],
  ['6A80', 'GPO with a broken template', SELECT, '80A8000002830500'],
  ['6A80', 'GPO with two objects', SELECT, '80A80000048300830000'],
  ['6700', 'GPO with data that no PDOL asked for', SELECT, '80A800000383010000'],
  ['6985', 'READ RECORD before SELECT', RECORD],
  ['6985', 'READ RECORD before GPO', SELECT, RECORD],
  ['6A83', 'READ RECORD of one that is not there', SELECT, GPO, '00B2030C00'],
  ['6A82', 'READ RECORD of a file that is not there', SELECT, GPO, '00B2011400'],
  ['6A86', 'READ RECORD of record 0', SELECT, GPO, '00B2000C00'],
  ['6A86', 'READ RECORD by identifier', SELECT, GPO, '00B2010800'],
  ['6A86', 'READ RECORD of SFI 0', SELECT, GPO, '00B2010400'],
  ['6A86', 'READ RECORD of SFI 31', SELECT, GPO, '00B201FC00'],
  ['6700', 'READ RECORD with data', SELECT, GPO, '00B2010C010000'],
  ['6C3E', 'READ RECORD of too few bytes', SELECT, GPO, '00B2010C01'],
  ['6985', 'GENERATE AC before GPO', SELECT, AC],
  ['6985', 'GENERATE AC twice', SELECT, GPO, AC, AC],
  ['6985', 'GENERATE AC with the ATC of another transaction', SELECT, GPO, generateAc(cdol1Data('0002'))],
  ['6A86', 'GENERATE AC with another P1', SELECT, GPO, generateAc(cdol1Data('0001'), '40')],
  ['6A86', 'GENERATE AC with P2', SELECT, GPO, AC.replace('80AEC100', '80AEC101')],
  ['6700', 'GENERATE AC with too little data', SELECT, GPO, `80AEC10094${cdol1Data('0001').slice(2)}00`],
  ['6700', 'GENERATE AC without data', SELECT, GPO, '80AEC10000'],
  ['6985', 'GET DATA before SELECT', ATC],
  ['6A88', 'GET DATA of another object', SELECT, '80CA9F1700'],
  ['6700', 'GET DATA with data', SELECT, '80CA9F36010000'],
]

describe('refusals', () => {
  for (const [status, what, ...commands] of REFUSED) {
    test(`${what} → ${status}`, () => {
      assert.equal(statusOf(new Card(imageOf()), ...commands), status)
    })
  }

  test('change nothing: the transaction goes on after each', () => {
    const card = new Card(imageOf())
    ok(card, SELECT)
    assert.equal(statusOf(card, '00A4040007A000000003101000'), '6A82')
    assert.equal(statusOf(card, '80A8000002840000'), '6A80')
    ok(card, GPO)
    assert.equal(statusOf(card, generateAc(cdol1Data('0002'))), '6985')
    ok(card, AC)
    ok(card, RECORD)
  })
})

test('a command whose answer did not fit its Le has done nothing', () => {
  const card = new Card(imageOf())
  assert.equal(statusOf(card, SELECT, '80A8000002830001'), '6C11')
  assert.equal(toHex(requireTag(parseTlv(ok(card, GPO)), '9F36').value), '0001')
})

test('a reset forgets the selection', () => {
  const card = new Card(imageOf())
  for (const command of [SELECT, GPO]) ok(card, command)
  card.reset()
  assert.equal(statusOf(card, RECORD), '6985')
  assert.equal(statusOf(card, AC), '6985')
})

test('both values of P1 make the cryptogram', () => {
  for (const p1 of ['80', 'C1'])
    assert.equal(statusOf(new Card(imageOf()), SELECT, GPO, generateAc(cdol1Data('0001'), p1)), '9000')
})

test('extended lengths are taken', () => {
  const data = cdol1Data('0001')
  assert.equal(statusOf(new Card(imageOf()), SELECT, GPO, `80AEC100000095${data}0000`), '9000')
})

test('any bytes at any moment are answered with at least a status word', () => {
  const image = imageOf()
  const whole = fc.constantFrom(...[SELECT, PPSE, GPO, RECORD, AC, ATC].map(fromHex))
  const headers = fc.constantFrom(
    ...['00A40400', '80A80000', '00B2010C', '80AEC100', '80CA9F36'].map(fromHex),
  )
  const bytes = fc.uint8Array({ maxLength: 300 })
  const nearly = fc.tuple(headers, bytes).map(([header, body]) => concat(header, body))
  const templated = bytes.map((value) => concat(fromHex('80A80000'), lengthed(encodeTlv('83', value))))
  const commands = fc.array(fc.oneof(whole, nearly, templated, bytes), { maxLength: 12 })
  fc.assert(
    fc.property(commands, (sequence) => {
      const card = new Card(image)
      for (const command of sequence) assert.ok(card.transmit(command).length >= 2)
    }),
    { seed: 2, numRuns: 2_000 },
  )
})

function lengthed(data: Uint8Array): Uint8Array {
  return concat(Uint8Array.of(data.length & 0xff), data)
}
