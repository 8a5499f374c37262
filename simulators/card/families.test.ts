import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { concat, fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { verifyApplicationCryptogram } from '../../protocols/emv/cryptograms/application-cryptogram.ts'
import { type AnsweredTransaction, issuerAuthenticationData } from '../../protocols/emv/cryptograms/arpc.ts'
import { cvc3, ivCvc3 } from '../../protocols/emv/cryptograms/dynamic-values.ts'
import { FAMILIES, FAMILY_NAMES, type FamilyName } from '../../protocols/emv/cryptograms/families.ts'
import { pinChangeCommand, sealScript } from '../../protocols/emv/cryptograms/script.ts'
import { type ScriptContext, scriptSessionKey } from '../../protocols/emv/cryptograms/script-mac.ts'
import { iccMasterKey } from '../../protocols/emv/keys/master-key.ts'
import { loadCardProfile } from './profile.ts'
import type { CardProfile } from './profile-schema.ts'
import { command, cryptogramOf, Session, tagged } from './testing/session.ts'

const PSN = '01'

/** The issuer's side: everything again from the master keys, by `protocols/emv/cryptograms`, which published vectors have checked. */
class Issuer {
  readonly family
  readonly session: Session

  constructor(name: FamilyName) {
    this.family = FAMILIES[name]
    this.session = new Session(profileOf(name))
  }

  key(purpose: 'cryptogram' | 'integrity' | 'confidentiality'): Uint8Array {
    const { testKeys, holder } = this.session.image.profile
    const imk = fromHex(testKeys?.[purpose] ?? assert.fail('no test keys'))
    return iccMasterKey(this.family.masterKey, imk, holder.pan ?? assert.fail('no PAN'), PSN)
  }

  verify(answer: Uint8Array) {
    const { cryptogram, atc, iad } = cryptogramOf(answer)
    const values: Record<string, string> = { ...this.session.told, '82': '7D00', '9F36': atc, '9F10': iad }
    const lookup = (tag: string) => (values[tag] === undefined ? undefined : fromHex(values[tag]))
    return verifyApplicationCryptogram(this.family, this.key('cryptogram'), lookup, fromHex(cryptogram))
  }

  answered(arqc: Uint8Array): AnsweredTransaction {
    const { cryptogram, atc } = cryptogramOf(arqc)
    return {
      masterKey: this.key('cryptogram'),
      atc: fromHex(atc),
      unpredictableNumber: fromHex(this.session.told['9F37'] ?? ''),
      cryptogram: fromHex(cryptogram),
    }
  }

  /** Tag 91 that approves. `csu`: Card Status Update of ARPC method 2. */
  approval(arqc: Uint8Array, csu = '00820000'): string {
    const response = this.family.arpc.method === 1 ? '3030' : csu
    return toHex(issuerAuthenticationData(this.family, this.answered(arqc), fromHex(response)))
  }

  scripts(arqc: Uint8Array): ScriptContext {
    const { atc, cryptogram } = this.answered(arqc)
    const keyOf = (purpose: 'integrity' | 'confidentiality') =>
      scriptSessionKey(this.family, this.key(purpose), atc, cryptogram)
    return { integrityKey: keyOf('integrity'), confidentialityKey: keyOf('confidentiality'), atc, cryptogram }
  }

  /** The script as hexadecimal, and the context of the next one. */
  seal(context: ScriptContext, header: string, data = ''): { hex: string; next: ScriptContext } {
    const cla = this.family.script.cla.toString(16)
    const parts = { header: fromHex(cla + header), data: fromHex(data), enciphered: false }
    const sealed = sealScript(this.family, context, parts)
    return { hex: toHex(sealed), next: this.after(context, sealed) }
  }

  after(context: ScriptContext, sealed: Uint8Array): ScriptContext {
    return this.family.script.macInput === 'chained' ? { ...context, cryptogram: sealed.slice(-8) } : context
  }

  arqc(): Uint8Array {
    this.session.begin()
    return this.session.ok(this.session.generate('80'))
  }
}

/** The contact card of another family: issuer authentication in the second GENERATE AC has another length there. */
function profileOf(name: FamilyName): CardProfile {
  const profile = loadCardProfile('mchip-like-contact')
  const length = FAMILIES[name].arpc.method === 1 ? '0A' : '08'
  const applications = profile.applications.map((each) => ({
    ...each,
    data: { ...each.data, '8D': (each.data['8D'] ?? '').replace('910A', `91${length}`) },
    generateAc: { ...each.generateAc, cryptogram: name },
  }))
  return { ...profile, applications }
}

for (const name of FAMILY_NAMES) {
  describe(name, () => {
    test('the issuer finds both cryptograms right, and wrong with another amount', () => {
      const issuer = new Issuer(name)
      const arqc = issuer.arqc()
      assert.deepEqual(issuer.verify(arqc), { ok: true })
      issuer.session.told['91'] = issuer.approval(arqc)
      const tc = issuer.session.ok(issuer.session.generate('40', '8D'))
      assert.equal(cryptogramOf(tc).cid, '40')
      assert.deepEqual(issuer.verify(tc), { ok: true })
      issuer.session.told['9F02'] = '000000001251'
      assert.equal(issuer.verify(tc).ok, false)
    })

    test('another answer than the issuer’s ends in an AAC', () => {
      const issuer = new Issuer(name)
      const right = issuer.approval(issuer.arqc())
      issuer.session.told['91'] = `${right.startsWith('0') ? '1' : '0'}${right.slice(1)}`
      assert.equal(cryptogramOf(issuer.session.ok(issuer.session.generate('40', '8D'))).cid, '00')
    })

    test('EXTERNAL AUTHENTICATE takes the answer once', () => {
      const issuer = new Issuer(name)
      const authenticate = command('00820000', issuer.approval(issuer.arqc()))
      assert.equal(issuer.session.status(authenticate), '9000')
      assert.equal(issuer.session.status(authenticate), '6985')
    })

    test('scripts: values, records, PIN, blocking and unblocking, one after the other', () => {
      const issuer = new Issuer(name)
      const { session } = issuer
      let context = issuer.scripts(issuer.arqc())
      const run = (header: string, data = '') => {
        const { hex, next } = issuer.seal(context, header, data)
        const status = session.status(hex)
        if (status === '9000') context = next
        return status
      }
      assert.equal(run('DA9F14', '07'), '9000')
      assert.equal(toHex(tagged(session.ok('80CA9F1400'), '9F14')), '07')
      assert.equal(run('DC0114', '70045F340102'), '9000')
      assert.equal(toHex(session.ok('00B2011400')), '70045F340102')
      session.send('0020008008249999FFFFFFFFFF')
      assert.equal(run('240000'), '9000')
      assert.equal(toHex(tagged(session.ok('80CA9F1700'), '9F17')), '03')
      const change = pinChangeCommand(issuer.family, context, {
        masterKey: issuer.key('cryptogram'),
        pin: '86420',
      })
      assert.equal(session.status(toHex(change)), '9000')
      context = issuer.after(context, change)
      assert.equal(session.status('00200080082586420FFFFFFFFF'), '9000')
      assert.equal(run('1E0000'), '9000')
      assert.equal(run('180000'), '9000')
      assert.equal(run('1E0000'), '9000')
      const name16 = command('00A40400', session.application.aid)
      assert.equal(session.status(name16), '6283')
    })

    test('a script of another transaction is refused', () => {
      const issuer = new Issuer(name)
      const old = issuer.seal(issuer.scripts(issuer.arqc()), '1E0000').hex
      issuer.session.told['9F37'] = '89ABCDEF'
      issuer.arqc()
      assert.equal(issuer.session.status(old), '6988')
    })

    test('CARD BLOCK is for ever', () => {
      const issuer = new Issuer(name)
      const { hex } = issuer.seal(issuer.scripts(issuer.arqc()), '160000')
      assert.equal(issuer.session.status(hex), '9000')
      issuer.session.card.reset()
      assert.equal(issuer.session.status(command('00A40400', issuer.session.application.aid)), '6A81')
    })
  })
}

describe('what scripts refuse', () => {
  const rows: [status: string, what: string, header: string, data: string][] = [
    ['6A88', 'PUT DATA of what the profile does not let change', 'DA9F13', '07'],
    ['6700', 'PUT DATA of another length', 'DA9F14', '0700'],
    ['6A83', 'UPDATE RECORD of one that is not there', 'DC0914', '7000'],
    ['6A82', 'UPDATE RECORD of a file that is not there', 'DC0154', '7000'],
    ['6A86', 'UPDATE RECORD of record 0', 'DC0014', '7000'],
    ['6A86', 'APPLICATION BLOCK with P1', '1E0100', ''],
    ['6A86', 'APPLICATION UNBLOCK with P2', '180001', ''],
    ['6A86', 'CARD BLOCK with P1', '160100', ''],
    ['6700', 'PIN UNBLOCK with data', '240000', '00'],
  ]
  for (const [status, what, header, data] of rows) {
    test(`${what} → ${status}`, () => {
      const issuer = new Issuer('mchip-cvn-20')
      assert.equal(
        issuer.session.status(issuer.seal(issuer.scripts(issuer.arqc()), header, data).hex),
        status,
      )
    })
  }
})

describe('Card Status Update', () => {
  const updates: [what: string, csu: string, check: (session: Session) => void][] = [
    [
      'blocks the application',
      '00A20000',
      (s) => assert.equal(s.status(command('00A40400', s.application.aid)), '6283'),
    ],
    [
      'blocks the card',
      '00C20000',
      (s) => assert.equal(s.status(command('00A40400', s.application.aid)), '6A81'),
    ],
    ['sets the PIN try counter', '01920000', (s) => assert.equal(toHex(s.ok('80CA9F1700')), '9F170101')],
    [
      'asks for the issuer next time',
      '008A0000',
      (s) => {
        s.begin()
        assert.equal(cryptogramOf(s.ok(s.generate('40'))).cid, '80')
      },
    ],
  ]
  for (const [what, csu, check] of updates) {
    test(what, () => {
      const issuer = new Issuer('ccd-tdes')
      issuer.session.told['91'] = issuer.approval(issuer.arqc(), csu)
      issuer.session.ok(issuer.session.generate('40', '8D'))
      check(issuer.session)
    })
  }
})

test('mag-stripe mode: the dynamic code is that of track 2 as the records have it', () => {
  const session = new Session('mchip-like-contactless')
  const { testKeys, holder } = session.image.profile
  session.begin()
  const track = tagged(session.records()[0]?.bytes ?? new Uint8Array(), '9F6B')
  const answer = session.ok(command('802A8E80', '00000123'))
  const key = iccMasterKey('A', fromHex(testKeys?.cvc3 ?? ''), holder.pan ?? '', PSN)
  const expected = cvc3(key, ivCvc3(key, track), fromHex('00000123'), fromHex('0001'))
  assert.deepEqual(new Uint8Array(tagged(answer, '9F61')), new Uint8Array(expected))
  assert.equal(concat(tagged(answer, '9F60')).length, 2)
})
