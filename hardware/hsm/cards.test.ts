import assert from 'node:assert/strict'
import { randomBytes, randomInt } from 'node:crypto'
import { after, before, describe, it } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { cardValue } from '../../protocols/cvv/card-values.ts'
import { AC_ELEMENTS, applicationCryptogram } from '../../protocols/emv/cryptograms/application-cryptogram.ts'
import { arpc } from '../../protocols/emv/cryptograms/arpc.ts'
import { FAMILIES, FAMILY_NAMES, type Family } from '../../protocols/emv/cryptograms/families.ts'
import { buildIad } from '../../protocols/emv/cryptograms/iad.ts'
import { iccMasterKey } from '../../protocols/emv/keys/master-key.ts'
import { withOddParity } from '../../protocols/mac/parity.ts'
import type { CardValue } from './cards.ts'
import type { HsmFault } from './error.ts'
import type { Hsm } from './hsm.ts'
import { generateCvv, verifyCvv } from './signer/card-values.ts'
import { verifyArqcAndGenerateArpc } from './signer/issuer-cryptograms.ts'
import type { Signer } from './signer/signer.ts'
import { type BenchHsm, openBenchHsm } from './test-support/bench-hsm.ts'
import { fault } from './test-support/fault.ts'
import { type Vector, vectorsOf } from './test-support/vectors.ts'

const CARD_VALUES = vectorsOf('card-values')
const EMV = vectorsOf('emv-cryptograms')

const random = (length: number) => new Uint8Array(randomBytes(length))
const randomTdes = () => withOddParity(random(16))
const digits = (length: number) => Array.from({ length }, () => randomInt(10)).join('')

/** What an operation sees of a signer whose keys all have this value. */
function holding(value: Uint8Array): Signer {
  return { ring: { reveal: () => Buffer.from(value), expect: () => null } } as unknown as Signer
}

const PROFILES = [
  ['visa-cvn10', 'visa-cvn-10'],
  ['visa-cvn22', 'visa-cvn-22'],
  ['interac-cvn133', 'interac-cvn-133'],
  ['mc-cvn17', 'mchip-cvn-17'],
  ['mc-cvn21', 'mchip-cvn-21'],
] as const

/** Without clear keys: all of it is done in the token. */
describe('cards of the schemes, in the token', () => {
  let bench: BenchHsm
  let hsm: Hsm
  before(async () => {
    bench = await openBenchHsm({ clearAllowed: false })
    hsm = bench.hsm
  })
  after(() => bench.close())

  async function cvk(value: Uint8Array): Promise<string> {
    const label = `cvk ${toHex(value.slice(0, 4))}`
    if (bench.keys.get(label) === undefined)
      await hsm.importKey({ label, usage: 'card verification', algorithm: 'tdes-2', value })
    return label
  }

  describe('GenerateCvv and VerifyCvv', () => {
    const kinds: Record<string, (v: Vector) => Omit<CardValue & { kind: 'cvv' | 'icvv' | 'cvv2' }, 'key'>> = {
      cvv: (v) => ({ kind: 'cvv', pan: v.pan, expiry: v.expiryAsUsed, serviceCode: v.serviceCode }),
      'icvv-computed': (v) => ({ kind: 'icvv', pan: v.pan, expiry: v.expiryAsUsed, serviceCode: '101' }),
      'cvv2-computed': (v) => {
        const expiry = v.expiryAsUsed.slice(2) + v.expiryAsUsed.slice(0, 2)
        return { kind: 'cvv2', pan: v.pan, expiry, serviceCode: '101' }
      },
    }
    for (const v of CARD_VALUES.filter(({ kind }) => kind in kinds))
      it(`${v.id}: ${v.value}`, async () => {
        const args = { ...kinds[v.kind]?.(v), key: await cvk(fromHex(v.cvk)) } as CardValue
        assert.equal(await hsm.cards.generateCvv(args), v.value)
        assert.equal(await hsm.cards.verifyCvv({ ...args, value: v.value }), true)
        const other = v.value === '000' ? '001' : '000'
        for (const value of [other, '', `${v.value}0`])
          assert.equal(await hsm.cards.verifyCvv({ ...args, value }), false)
      })

    it('with random keys and cards as the pure function has them, with generated keys too', async () => {
      for (const kind of ['cvv', 'icvv', 'cvv2'] as const)
        for (let i = 0; i < 10; i++) {
          const value = randomTdes()
          const data = { pan: digits(randomInt(12, 20)), expiry: digits(4), serviceCode: digits(3) }
          const made = await hsm.cards.generateCvv({ kind, key: await cvk(value), ...data })
          assert.equal(made, cardValue(kind, value, data))
        }
      await hsm.generateKey({ label: 'own', usage: 'card verification', algorithm: 'tdes-2' })
      const args = { kind: 'cvv', key: 'own', pan: digits(16), expiry: '2912', serviceCode: '201' } as const
      assert.equal(await hsm.cards.verifyCvv({ ...args, value: await hsm.cards.generateCvv(args) }), true)
    })

    // The others are of option B as jPOS has it, which hashes PANs of 16 digits too.
    const dynamic = EMV.filter(({ kind, derivationOption }) => kind === 'dcvv' && derivationOption === 'A')
    it('has vectors of the dynamic value', () => assert.ok(dynamic.length > 0))
    for (const v of dynamic)
      it(`${v.id}: the dynamic value`, async () => {
        const label = `dcvv ${v.id}`
        const usage = 'issuer master, dynamic values'
        await hsm.importKey({ label, usage, algorithm: 'tdes-2', value: fromHex(v.imk) })
        const data = {
          pan: v.pan,
          psn: v.psnUsed,
          atc: v.atc,
          expiry: v.expiryAsUsed,
          serviceCode: v.serviceCode,
        }
        assert.equal(await hsm.cards.generateCvv({ kind: 'dcvv', key: label, ...data }), v.dcvv)
      })

    it('done clear in a signer they come to the same', () => {
      for (const kind of ['cvv', 'icvv', 'cvv2'] as const) {
        const value = randomTdes()
        const args = { kind, key: '', pan: digits(16), expiry: digits(4), serviceCode: digits(3) } as const
        const expected = cardValue(kind, value, args)
        assert.equal(generateCvv.clear?.(holding(value), args), expected)
        assert.equal(verifyCvv.clear?.(holding(value), { ...args, value: expected }), true)
        assert.equal(verifyCvv.clear?.(holding(value), { ...args, value: '' }), false)
      }
    })

    it('digits that are none, and keys for something else', async () => {
      const args = { kind: 'cvv', key: 'own', pan: digits(16), expiry: '291', serviceCode: '201' } as const
      await assert.rejects(
        hsm.cards.generateCvv(args),
        fault('INVALID_INPUT_DATA', /expiry of 4 decimal digits/),
      )
      await hsm.generateKey({ label: 'mac', usage: 'MAC', algorithm: 'tdes-2' })
      await assert.rejects(
        hsm.cards.generateCvv({ ...args, expiry: '2912', key: 'mac' }),
        fault('KEY_WRONG_USAGE', /to make card values/),
      )
    })
  })

  describe('VerifyArqcAndGenerateArpc', () => {
    const ELEMENTS = Object.fromEntries(AC_ELEMENTS)
    function transaction(family: Family, masterKey: Uint8Array) {
      const iad = buildIad(family.iad, {})
      const elements: Record<string, Uint8Array> = { '9F10': iad }
      for (const [tag, length] of Object.entries(ELEMENTS)) elements[tag] = random(length)
      const cryptogram = applicationCryptogram(family, masterKey, (tag) => elements[tag])
      const response = random(family.arpc.method === 1 ? 2 : randomInt(4, 13))
      const [atc, unpredictableNumber] = [elements['9F36'], elements['9F37']] as [Uint8Array, Uint8Array]
      const expected = arpc(family, { masterKey, atc, unpredictableNumber, cryptogram }, response)
      return { elements, cryptogram, response, expected }
    }
    const ALGORITHMS = { A: ['tdes-2'], B: ['tdes-2'], C: ['aes-128', 'aes-192', 'aes-256'] } as const
    const cases = FAMILY_NAMES.flatMap((family) =>
      ALGORITHMS[FAMILIES[family].masterKey].map((algorithm) => ({ family, algorithm })),
    )
    for (const { family, algorithm } of cases)
      it(`${family}, ${algorithm}: the card's cryptogram is answered, with any element changed it is not`, async () => {
        const imk = algorithm === 'tdes-2' ? randomTdes() : random(Number(algorithm.slice(4)) / 8)
        const key = `imk ${family} ${algorithm}`
        await hsm.importKey({ label: key, usage: 'issuer master, cryptograms', algorithm, value: imk })
        for (const length of [16, 19]) {
          const [pan, psn] = [digits(length), '01']
          const rules: Family = FAMILIES[family]
          const masterKey = iccMasterKey(rules.masterKey, imk, pan, psn)
          const { expected, ...sent } = transaction(rules, masterKey)
          const args = { key, family, pan, psn, ...sent }
          const answer = await hsm.cards.verifyArqcAndGenerateArpc(args)
          assert.deepEqual(answer, { ok: true, arpc: expected })
          const invalid = { ok: false, reason: 'INVALID_ARQC' }
          for (const tag of ['9F02', '9F36', '9F37']) {
            const elements = {
              ...sent.elements,
              [tag]: sent.elements[tag]?.map((byte) => byte ^ 1) as Uint8Array,
            }
            assert.deepEqual(await hsm.cards.verifyArqcAndGenerateArpc({ ...args, elements }), invalid, tag)
          }
          assert.deepEqual(await hsm.cards.verifyArqcAndGenerateArpc({ ...args, psn: '02' }), invalid)
          const { '95': _left, ...fewer } = sent.elements
          assert.deepEqual(await hsm.cards.verifyArqcAndGenerateArpc({ ...args, elements: fewer }), {
            ok: false,
            reason: 'INVALID_INPUT_DATA',
          })
        }
      })

    for (const [id, family] of PROFILES)
      it(`${id}: the published cryptogram and its answer`, async () => {
        const v = EMV.find((vector) => vector.id === id) ?? assert.fail(id)
        const rules: Family = FAMILIES[family]
        await hsm.importKey({
          label: id,
          usage: 'issuer master, cryptograms',
          algorithm: 'tdes-2',
          value: fromHex(v.imkAc),
        })
        const iad = v.iad === undefined ? buildIad(rules.iad, { cvr: fromHex(v.tail) }) : fromHex(v.iad)
        const tags = Object.entries(v.tags as Record<string, string>).map(([tag, value]) => [
          tag,
          fromHex(value),
        ])
        const answer = await hsm.cards.verifyArqcAndGenerateArpc({
          key: id,
          family,
          pan: v.pan,
          psn: v.psn,
          elements: { ...Object.fromEntries(tags), '9F10': iad },
          cryptogram: fromHex(v.arqc),
          response: fromHex(v.arpcMethod === 1 ? v.arc : v.csu),
        })
        assert.deepEqual(answer, { ok: true, arpc: fromHex(v.arpc) })
      })

    it('done clear in a signer it comes to the same', () => {
      for (const { family, algorithm } of cases) {
        const imk = algorithm === 'tdes-2' ? randomTdes() : random(Number(algorithm.slice(4)) / 8)
        const rules: Family = FAMILIES[family]
        const [pan, psn] = [digits(19), '01']
        const { expected, ...sent } = transaction(rules, iccMasterKey(rules.masterKey, imk, pan, psn))
        const args = { key: '', family, pan, psn, ...sent }
        const run = (change: object) =>
          verifyArqcAndGenerateArpc.clear?.(holding(imk), { ...args, ...change })
        assert.deepEqual(run({}), { ok: true, arpc: expected })
        assert.deepEqual(run({ psn: '02' }), { ok: false, reason: 'INVALID_ARQC' })
        assert.deepEqual(run({ elements: {} }), { ok: false, reason: 'INVALID_INPUT_DATA' })
      }
    })

    it('a response of another length, digits that are none, a key of another cipher or usage', async () => {
      const args = {
        key: 'imk visa-cvn-10 tdes-2',
        family: 'visa-cvn-10',
        pan: digits(16),
        psn: '00',
        ...transaction(FAMILIES['visa-cvn-10'], randomTdes()),
      } as const
      const refused: [change: object, code: HsmFault, message: RegExp][] = [
        [{ response: random(3) }, 'INVALID_INPUT_DATA', /a response of 2 to 2 bytes, got 3/],
        [{ psn: '0' }, 'INVALID_INPUT_DATA', /sequence number of 2 decimal digits/],
        [{ cryptogram: random(7) }, 'INVALID_INPUT_DATA', /a cryptogram of 8 bytes, got 7/],
        [{ family: 'amex' }, 'INVALID_INPUT_DATA', /a family .*, got amex/],
        [{ key: 'imk ccd-aes aes-128' }, 'KEY_WRONG_TYPE', /of tdes-2, got aes-128/],
        [{ key: 'own' }, 'KEY_WRONG_USAGE', /to derive card keys, got one of usage "card verification"/],
      ]
      for (const [change, code, message] of refused)
        await assert.rejects(
          hsm.cards.verifyArqcAndGenerateArpc({ ...args, ...change }),
          fault(code, message),
          JSON.stringify(Object.keys(change)),
        )
    })
  })

  it('the journal says: in the token, with these mechanisms', () => {
    const entries = bench.journal.entries.filter(
      (entry) =>
        entry.kind === 'hsm' && entry.operation === 'VerifyArqcAndGenerateArpc' && entry.result === 'done',
    )
    assert.ok(entries.length >= 24)
    for (const entry of entries)
      assert.ok(entry.kind === 'hsm' && entry.where === 'in token' && /ENCRYPT_DATA/.test(entry.mechanism))
  })
})
