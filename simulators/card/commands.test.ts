import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { parseTlv } from '../../protocols/tlv/tlv.ts'
import { command, cryptogramOf, Session, tagged } from './testing/session.ts'

const PSE = '00A404000E315041592E5359532E444446303100'
const PPSE = '00A404000E325041592E5359532E444446303100'
const PIN = '0020008008241234FFFFFFFFFF'
const WRONG_PIN = '0020008008249999FFFFFFFFFF'
const CHALLENGE = '0084000000'
const DDOL = '01234567'

type Given = (session: Session) => readonly string[]
const selected: Given = (s) => [command('00A40400', s.application.aid)]
const begun: Given = (s) => [...selected(s), s.gpo()]
const online: Given = (s) => [...begun(s), s.generate('80')]
const ended: Given = (s) => [...online(s), s.generate('40', '8D')]

/** Status word, what, card profile, where the transaction stands, the last command. */
type Row = readonly [status: string, what: string, profile: string, Given, string | ((s: Session) => string)]

const CONTACT = 'mchip-like-contact'
const CCD = 'ccd-tdes-contact'
const CONTACTLESS = 'mchip-like-contactless'
const none: Given = () => []

const TABLES: Readonly<Record<string, readonly Row[]>> = {
  SELECT: [
    ['9000', 'of the PSE of a contact card', CONTACT, none, PSE],
    ['6A82', 'of the PPSE of a contact card', CONTACT, none, PPSE],
    ['9000', 'of the PPSE of a contactless card', CONTACTLESS, none, PPSE],
    ['6A82', 'of the PSE of a contactless card', CONTACTLESS, none, PSE],
    ['9000', 'by a part of the name', CONTACT, none, '00A4040005A00000000400'],
    ['6A82', 'of the next one where there is one', CONTACT, selected, '00A4040205A00000000400'],
    [
      '9000',
      'of the next one where there are two',
      'two-applications',
      () => ['00A4040005A00000000400'],
      '00A4040205A00000000400',
    ],
    [
      '6283',
      'of a blocked application',
      'blocked-application',
      none,
      (s) => command('00A40400', s.application.aid),
    ],
    ['6A86', 'of the last one', CONTACT, none, '00A4040105A00000000400'],
    ['6A81', 'by file identifier', CONTACT, none, '00A40000023F0000'],
    ['6E00', 'in the class of EMV', CONTACT, none, '80A4040005A00000000400'],
  ],
  'READ RECORD': [
    ['9000', 'of the directory', CONTACT, () => [PSE], '00B2010C00'],
    ['6A83', 'of a second entry that is not there', CONTACT, () => [PSE], '00B2020C00'],
    ['9000', 'of a second entry', 'two-applications', () => [PSE], '00B2020C00'],
    ['6A82', 'of another file of the directory', CONTACT, () => [PSE], '00B2011400'],
    [
      '6985',
      'of the directory, once an application is selected',
      CONTACT,
      (s) => [PSE, ...selected(s)],
      '00B2010C00',
    ],
    ['6985', 'before GPO', CONTACT, selected, '00B2011400'],
    ['6A83', 'of the log, which is empty', CONTACT, selected, '00B2015C00'],
    ['9000', 'of the log after a transaction', CONTACT, ended, '00B2015C00'],
    ['6A83', 'of a second transaction that was not', CONTACT, ended, '00B2025C00'],
  ],
  'GET PROCESSING OPTIONS': [
    ['9000', 'with what the PDOL asks for', CCD, selected, (s) => s.gpo()],
    ['6700', 'with less', CCD, selected, '80A8000002830000'],
    ['6985', 'before SELECT', CCD, none, (s) => s.gpo()],
    ['6985', 'twice', CCD, begun, (s) => s.gpo()],
    ['6A86', 'with P2', CCD, selected, (s) => s.gpo().replace('80A80000', '80A80001')],
    ['6A80', 'without template 83', CCD, selected, '80A800000685040276097800'],
    [
      '9000',
      'of a blocked application, for the issuer to unblock it',
      'blocked-application',
      (s) => selected(s),
      (s) => s.gpo(),
    ],
  ],
  'GET DATA': [
    ['9000', 'of the ATC', CONTACT, selected, '80CA9F3600'],
    ['9000', 'of the last online ATC', CONTACT, selected, '80CA9F1300'],
    ['9000', 'of the PIN try counter', CONTACT, begun, '80CA9F1700'],
    ['9000', 'of the log format', CONTACT, selected, '80CA9F4F00'],
    ['9000', 'of the offline balance', CONTACTLESS, selected, '80CA9F5000'],
    ['6A88', 'of what the card does not tell', CONTACT, selected, '80CA005A00'],
    ['6985', 'before SELECT', CONTACT, none, '80CA9F3600'],
    ['6700', 'with data', CONTACT, selected, '80CA9F360100'],
    ['6E00', 'in the class of ISO', CONTACT, selected, '00CA9F3600'],
  ],
  'GET CHALLENGE': [
    ['9000', 'after SELECT', CONTACT, selected, CHALLENGE],
    ['6985', 'before SELECT', CONTACT, none, CHALLENGE],
    ['6A86', 'with P1', CONTACT, selected, '0084010000'],
    ['6700', 'with data', CONTACT, selected, '008400000101'],
    ['6D00', 'of a card without PIN', CONTACTLESS, selected, CHALLENGE],
    ['6C08', 'of too few bytes', CONTACT, selected, '0084000004'],
  ],
  VERIFY: [
    ['9000', 'the right PIN', CONTACT, begun, PIN],
    ['63C2', 'a wrong PIN', CONTACT, begun, WRONG_PIN],
    ['63C1', 'a wrong PIN twice', CONTACT, (s) => [...begun(s), WRONG_PIN], WRONG_PIN],
    ['63C0', 'a wrong PIN three times', CONTACT, (s) => [...begun(s), WRONG_PIN, WRONG_PIN], WRONG_PIN],
    ['6983', 'the right PIN after that', CONTACT, (s) => [...begun(s), WRONG_PIN, WRONG_PIN, WRONG_PIN], PIN],
    ['63C2', 'a wrong PIN after a right one', CONTACT, (s) => [...begun(s), WRONG_PIN, PIN], WRONG_PIN],
    ['6A80', 'what is no PIN block', CONTACT, begun, '0020008008141234FFFFFFFFFF'],
    ['6700', 'a short PIN block', CONTACT, begun, '0020008007241234FFFFFFFF'],
    ['6700', 'an enciphered PIN of another length', CONTACT, begun, '00200088081122334455667788'],
    ['6984', 'an enciphered PIN without challenge', 'offline-pin', begun, `0020008880${'00'.repeat(128)}`],
    ['6A86', 'another way', CONTACT, begun, PIN.replace('00200080', '00200000')],
    ['6A86', 'with P1', CONTACT, begun, PIN.replace('00200080', '00200180')],
    ['6985', 'before GPO', CONTACT, selected, PIN],
    ['6E00', 'in the class of EMV', CONTACT, begun, PIN.replace('0020', '8020')],
    ['6D00', 'of a card without PIN', CONTACTLESS, begun, PIN],
  ],
  'INTERNAL AUTHENTICATE': [
    ['9000', 'with what the DDOL asks for', CONTACT, begun, command('00880000', DDOL)],
    ['6700', 'with less', CONTACT, begun, command('00880000', '0123')],
    ['6700', 'without data', CONTACT, begun, '0088000000'],
    ['6A86', 'with P1', CONTACT, begun, command('00880100', DDOL)],
    ['6985', 'before GPO', CONTACT, selected, command('00880000', DDOL)],
    ['6985', 'after GENERATE AC', CONTACT, online, command('00880000', DDOL)],
    ['6D00', 'of a card without key', 'no-oda', begun, command('00880000', DDOL)],
  ],
  'GENERATE AC': [
    ['9000', 'an ARQC', CONTACT, begun, (s) => s.generate('80')],
    ['9000', 'a TC with CDA', CONTACT, begun, (s) => s.generate('50')],
    ['9000', 'the second', CONTACT, online, (s) => s.generate('40', '8D')],
    ['6A86', 'an ARQC the second time', CONTACT, online, (s) => s.generate('80', '8D')],
    ['6A86', 'of a kind that EMV has not', CONTACT, begun, (s) => s.generate('C0')],
    ['6A86', 'with P2', CONTACT, begun, (s) => s.generate('80').replace('80AE8000', '80AE8001')],
    ['6700', 'with the data of the other list', CONTACT, begun, (s) => s.generate('80', '8D')],
    ['6700', 'the second with the data of the first', CONTACT, online, (s) => s.generate('40')],
    ['6985', 'before GPO', CONTACT, selected, (s) => s.generate('80')],
    ['6985', 'a third', CONTACT, ended, (s) => s.generate('40', '8D')],
    [
      '6985',
      'a second after an AAC',
      CONTACT,
      (s) => [...begun(s), s.generate('00')],
      (s) => s.generate('40', '8D'),
    ],
  ],
  'EXTERNAL AUTHENTICATE': [
    ['6300', 'with a wrong ARPC', CONTACT, online, '008200000A00000000000000003030'],
    [
      '6985',
      'twice',
      CONTACT,
      (s) => [...online(s), '008200000A00000000000000003030'],
      '008200000A00000000000000003030',
    ],
    ['6700', 'with 7 bytes', CONTACT, online, '008200000700000000000000'],
    ['6700', 'with 17 bytes', CONTACT, online, `0082000011${'00'.repeat(17)}`],
    ['6A86', 'with P1', CONTACT, online, '008201000A00000000000000003030'],
    ['6985', 'before GENERATE AC', CONTACT, begun, '008200000A00000000000000003030'],
    [
      '6D00',
      'of a card that has it in the second GENERATE AC',
      CCD,
      online,
      '008200000A00000000000000003030',
    ],
  ],
  'EXCHANGE RELAY RESISTANCE DATA': [
    ['9000', 'with four bytes', CONTACTLESS, begun, command('80EA0000', '01020304')],
    [
      '9000',
      'again',
      CONTACTLESS,
      (s) => [...begun(s), command('80EA0000', '01020304')],
      command('80EA0000', '05060708'),
    ],
    ['6700', 'with three', CONTACTLESS, begun, command('80EA0000', '010203')],
    ['6A86', 'with P1', CONTACTLESS, begun, command('80EA0100', '01020304')],
    ['6985', 'before GPO', CONTACTLESS, selected, command('80EA0000', '01020304')],
    ['6985', 'after GENERATE AC', CONTACTLESS, online, command('80EA0000', '01020304')],
    ['6D00', 'of a card that has it not', CONTACT, begun, command('80EA0000', '01020304')],
  ],
  'RECOVER AC': [
    [
      '6985',
      'of a transaction that the card does not know',
      CONTACTLESS,
      begun,
      command('80D00000', '01234567'),
    ],
    [
      '9000',
      'of the last one',
      CONTACTLESS,
      (s) => [...online(s), ...begun(s)],
      command('80D00000', '01234567'),
    ],
    ['6985', 'of another', CONTACTLESS, (s) => [...online(s), ...begun(s)], command('80D00000', '01234568')],
    ['6700', 'with less than the DRDOL', CONTACTLESS, begun, command('80D00000', '0123')],
    ['6A86', 'with P1', CONTACTLESS, begun, command('80D00100', '01234567')],
    ['6985', 'before GPO', CONTACTLESS, selected, command('80D00000', '01234567')],
    ['6D00', 'of a card that has it not', CONTACT, begun, command('80D00000', '01234567')],
  ],
  'COMPUTE CRYPTOGRAPHIC CHECKSUM': [
    ['9000', 'with the unpredictable number', CONTACTLESS, begun, command('802A8E80', '00000123')],
    ['6700', 'with less', CONTACTLESS, begun, command('802A8E80', '000123')],
    ['6A86', 'with another P1', CONTACTLESS, begun, command('802A9E80', '00000123')],
    ['6985', 'before GPO', CONTACTLESS, selected, command('802A8E80', '00000123')],
    [
      '6985',
      'twice',
      CONTACTLESS,
      (s) => [...begun(s), command('802A8E80', '00000123')],
      command('802A8E80', '00000123'),
    ],
    ['6D00', 'of a card that has it not', CONTACT, begun, command('802A8E80', '00000123')],
  ],
  'issuer scripts': [
    ['6985', 'before GENERATE AC', CONTACT, begun, '841E0000080000000000000000'],
    ['6988', 'with a wrong MAC', CONTACT, online, '841E0000080000000000000000'],
    ['6987', 'without MAC', CONTACT, online, '841E00000400000000'],
    ['6988', 'with a wrong MAC after the second cryptogram', CONTACT, ended, '84180000080000000000000000'],
    ['6E00', 'in the class of the other secure messaging', CONTACT, online, '8C1E0000080000000000000000'],
    ['6E00', 'without secure messaging', CONTACT, online, '801E0000080000000000000000'],
    ['6D00', 'for the PIN of a card without', CONTACTLESS, online, '84240000080000000000000000'],
  ],
}

for (const [name, rows] of Object.entries(TABLES)) {
  describe(name, () => {
    for (const [status, what, profile, given, last] of rows) {
      test(`${what} → ${status}`, () => {
        const session = new Session(profile)
        for (const before of given(session)) session.send(before)
        assert.equal(session.status(typeof last === 'string' ? last : last(session)), status)
      })
    }
  })
}

test('FCI and directory tell label, languages, code table, preferred name and log', () => {
  const session = new Session(CONTACT)
  const pse = session.ok(PSE)
  assert.equal(toHex(tagged(pse, '88')), '01')
  assert.equal(Buffer.from(tagged(pse, '5F2D')).toString(), 'deen')
  const [record] = parseTlv(session.ok('00B2010C00'))
  assert.deepEqual(
    record?.children?.[0]?.children?.map(({ tag }) => tag),
    ['4F', '50', '87', '9F12'],
  )
  const fci = session.select()
  assert.equal(toHex(tagged(fci, '9F4D')), '0B0A')
  assert.equal(Buffer.from(tagged(fci, '9F12')).toString(), 'Tapbench Debit')
})

test('two applications: the one with the higher priority comes first, each has its own counter', () => {
  const session = new Session('two-applications')
  const names = ['00', '02'].map((p2) => toHex(tagged(session.ok(`00A404${p2}05A00000000400`), '84')))
  assert.deepEqual(names, ['A0000000043060', 'A0000000041010'])
  session.begin()
  session.begin()
  assert.equal(toHex(tagged(session.ok('80CA9F3600'), '9F36')), '0002')
  session.ok('00A4040007A000000004306000')
  assert.equal(toHex(tagged(session.ok('80CA9F3600'), '9F36')), '0000')
})

test('a terminal that offers qVSDC gets the cryptogram with GPO, another one the files', () => {
  const session = new Session('visa-like-contactless')
  session.told['9F66'] = '20000000'
  const fast = session.begin()
  assert.equal(tagged(fast, '9F26').length, 8)
  assert.equal(toHex(tagged(fast, '82')), '2000')
  assert.equal(session.status(session.generate('80')), '6985')
  session.told['9F66'] = '80000000'
  assert.equal(toHex(tagged(session.begin(), '94')), '0801010010010100')
})

test('the log tells the transactions, newest first', () => {
  const session = new Session(CONTACT)
  for (const amount of ['000000000100', '000000000200']) {
    session.told['9F02'] = amount
    session.begin()
    session.ok(session.generate('40'))
  }
  assert.equal(toHex(session.ok('00B2015C00')), '0002' + '000000000200' + '0978' + '261121' + '00')
  assert.equal(toHex(session.ok('00B2025C00')), '0001' + '000000000100' + '0978' + '261121' + '00')
})

describe('card risk management', () => {
  const cases: [what: string, p1: string, amount: string, before: number, cid: string][] = [
    ['gives the TC that is asked for', '40', '000000001250', 0, '40'],
    ['goes online above its floor', '40', '000000010001', 0, '80'],
    ['declines above its ceiling', '40', '000001000001', 0, '00'],
    ['goes online after three transactions without the issuer', '40', '000000001250', 3, '80'],
    ['never gives more than is asked for', '80', '000000001250', 0, '80'],
    ['declines when asked to', '00', '000000001250', 0, '00'],
  ]
  for (const [what, p1, amount, before, cid] of cases) {
    test(what, () => {
      const session = new Session(CONTACT)
      for (let done = 0; done < before; done++) {
        session.begin()
        session.ok(session.generate('40'))
      }
      session.told['9F02'] = amount
      session.begin()
      assert.equal(cryptogramOf(session.ok(session.generate(p1))).cid, cid)
    })
  }

  test('a transaction that did not end makes the next one go online', () => {
    const session = new Session(CONTACT)
    session.begin()
    session.ok(session.generate('80'))
    session.begin()
    assert.equal(cryptogramOf(session.ok(session.generate('40'))).cid, '80')
  })

  test('a terminal that could not go online gets an AAC from a card that wants the issuer', () => {
    for (const [code, cid] of [
      ['5933', '00'],
      ['3030', '40'],
    ] as const) {
      const session = new Session(CONTACT)
      session.begin()
      session.ok(session.generate('80'))
      session.told['8A'] = code
      assert.equal(cryptogramOf(session.ok(session.generate('40', '8D'))).cid, cid, code)
    }
  })

  test('a blocked application gives AACs alone', () => {
    const session = new Session('blocked-application')
    session.begin()
    assert.equal(cryptogramOf(session.ok(session.generate('80'))).cid, '00')
  })
})

test('a challenge is good for the next command alone', () => {
  const session = new Session('offline-pin')
  session.begin()
  session.ok(CHALLENGE)
  session.ok('80CA9F3600')
  assert.equal(session.status(`0020008880${'00'.repeat(128)}`), '6984')
})

test('values with faults are wrong by a bit, and nothing else is', () => {
  const [right, wrong] = ['mchip-like-contact', 'wrong-certificate'].map((name) => {
    const session = new Session(name)
    session.begin()
    return session.records().map(({ bytes }) => toHex(bytes))
  })
  assert.deepEqual(
    right?.map((record, index) => record === wrong?.[index]),
    right?.map((record) => !record.includes('9F4681')),
  )
  assert.ok(fromHex(right?.[0] ?? '').length > 0)
})
