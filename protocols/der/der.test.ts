import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import file from '../../fixtures/vectors/tr34.json' with { type: 'json' }
import { concat, fromHex, toHex } from '../bytes/bytes.ts'
import { DerError } from './error.ts'
import { Fields, only } from './fields.ts'
import { type Der, parseDer, parseDerList } from './reader.ts'
import { contextTag, isConstructed, TAG } from './tags.ts'
import { bitStringBytes, integerBytes, octets, oidText, smallInteger, time } from './values.ts'
import * as write from './writer.ts'

const tree = fc.letrec<{ node: Uint8Array }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.uint8Array({ maxLength: 300 }).map(write.octetString),
    fc.nat().map(write.integer),
    fc.array(tie('node'), { maxLength: 4 }).map((items) => write.sequence(...items)),
    fc.array(tie('node'), { maxLength: 4 }).map((items) => write.setOf(...items)),
    fc.tuple(fc.nat(30), tie('node')).map(([n, item]) => write.context(n, item)),
  ),
})).node

describe('objects', () => {
  test('what was read is written again', () => {
    const again = (der: Der): Uint8Array =>
      write.encodeDer(der.tag, ...(isConstructed(der.tag) ? der.children.map(again) : [der.value]))
    fc.assert(
      fc.property(tree, (bytes) => {
        const der = parseDer(bytes)
        assert.deepEqual(again(der), bytes)
        assert.deepEqual(new Uint8Array(der.raw), bytes)
      }),
    )
  })

  test('published certificates are read and written again', () => {
    const again = (der: Der): Uint8Array =>
      write.encodeDer(der.tag, ...(isConstructed(der.tag) ? der.children.map(again) : [der.value]))
    const pems = file.vectors.flatMap((vector) => ('pem' in vector ? [vector.pem] : []))
    assert.ok(pems.length > 10)
    for (const pem of pems) {
      const bytes = new Uint8Array(Buffer.from(`${pem}`.replace(/-----.*-----/g, ''), 'base64'))
      assert.deepEqual(again(parseDer(bytes)), bytes)
    }
  })

  const refused = [
    ['nothing', '', /expected one object, got 0/],
    ['two', '05000500', /expected one object, got 2/],
    ['the end of contents', '0000', /tag of DER/],
    ['a long tag', '1F8100', /tag of one byte/],
    ['a constructed OCTET STRING', '2400', /tag of DER/],
    ['a primitive SEQUENCE', '1000', /tag of DER/],
    ['no length', '30', /a length, got the end/],
    ['an indefinite length', '30800000', /definite length/],
    ['a length that is not the shortest', '048105AAAAAAAAAA', /shortest length/],
    ['a length with a zero in front', `048200FF${'00'.repeat(255)}`, /shortest length/],
    ['a length cut off', '0482', /shortest length/],
    ['a length of five bytes', '04850000000001AA', /up to 4 bytes/],
    ['contents cut off', '0402AA', /expected 2 bytes, got 1/],
    ['contents beyond their frame', '30030402AA', /at byte 2: expected 2 bytes, got 1/],
    ['too many levels', '', /at most 48 levels/],
  ] as const
  for (const [what, hex, error] of refused) {
    test(`refused: ${what}`, () => {
      let bytes: Uint8Array = fromHex(hex)
      if (what === 'too many levels') for (let i = 0; i < 60; i++) bytes = write.sequence(bytes)
      assert.throws(() => parseDer(bytes), { name: 'DerError', message: error })
    })
  }

  test('arbitrary bytes throw nothing else, and what is taken is DER', () => {
    const near = fc.tuple(tree, fc.nat(), fc.nat(255)).map(([bytes, at, byte]) => {
      const changed = Uint8Array.from(bytes)
      changed[at % changed.length] = byte
      return changed
    })
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array(), near), (bytes) => {
        try {
          assert.deepEqual(concat(...parseDerList(bytes).map(({ raw }) => raw)), bytes)
        } catch (error) {
          assert.ok(error instanceof DerError, String(error))
        }
      }),
      { numRuns: 500 },
    )
  })
})

describe('values', () => {
  test('integers', () => {
    fc.assert(
      fc.property(fc.nat(), (value) => assert.equal(smallInteger(parseDer(write.integer(value))), value)),
    )
    assert.equal(toHex(write.integer(128)), '02020080')
    assert.equal(toHex(write.unsigned(fromHex('0000FF'))), '020200FF')
    assert.equal(toHex(write.unsigned(fromHex('00'))), '020100')
    assert.equal(toHex(integerBytes(parseDer(fromHex('0201FF')))), 'FF')
    for (const wrong of ['0200', '02020001', '0202FF80', '040101'])
      assert.throws(() => integerBytes(parseDer(fromHex(wrong))), DerError, wrong)
    for (const wrong of ['0201FF', '02050100000000'])
      assert.throws(() => smallInteger(parseDer(fromHex(wrong))), DerError, wrong)
  })

  test('object identifiers', () => {
    const arc = fc.bigInt({ min: 0n, max: 2n ** 70n })
    const dotted = fc
      .tuple(
        fc.oneof(fc.tuple(fc.nat(1), fc.nat(39).map(BigInt)), fc.tuple(fc.constant(2), arc)),
        fc.array(arc, { maxLength: 3 }),
      )
      .map(([root, others]) => [...root, ...others].join('.'))
    fc.assert(fc.property(dotted, (text) => assert.equal(oidText(parseDer(write.oid(text))), text)))
    assert.equal(toHex(write.oid('1.2.840.113549.1.9.25.3')), '060A2A864886F70D01091903')
    for (const wrong of ['0600', '060180', '0602802A', '06022A86', '0402AAAA', `0641${'2A'.repeat(65)}`])
      assert.throws(() => oidText(parseDer(fromHex(wrong))), DerError, wrong)
    for (const wrong of ['', '3.1', '1.40', '1', '1.2.', '1.2.03'])
      assert.throws(() => write.oid(wrong), RangeError, wrong)
  })

  test('times', () => {
    const seconds = fc.date({
      min: new Date('1600-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    })
    fc.assert(
      fc.property(seconds, (date) => {
        const whole = Math.floor(date.getTime() / 1000) * 1000
        assert.equal(time(parseDer(write.timeOf(date))).getTime(), whole)
      }),
    )
    const utc = (text: string) => parseDer(write.encodeDer(TAG.utcTime, Buffer.from(text)))
    assert.equal(time(utc('491231235959Z')).toISOString(), '2049-12-31T23:59:59.000Z')
    assert.equal(time(utc('500101000000Z')).toISOString(), '1950-01-01T00:00:00.000Z')
    for (const wrong of ['260230000000Z', '261301000000Z', '260101240000Z', '2601010000Z', '260101006000Z'])
      assert.throws(() => time(utc(wrong)), DerError, wrong)
    assert.throws(() => time(parseDer(write.octetString(Buffer.from('260101000000Z')))), DerError)
  })

  test('strings of bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        assert.deepEqual(concat(octets(parseDer(write.octetString(bytes)))), bytes)
        assert.deepEqual(concat(bitStringBytes(parseDer(write.bitString(bytes)))), bytes)
      }),
    )
    for (const wrong of ['0300', '03020155', '0400'])
      assert.throws(() => bitStringBytes(parseDer(fromHex(wrong))), DerError, wrong)
    assert.throws(() => octets(parseDer(fromHex('0500'))), DerError)
  })

  test('a SET OF is in the order of DER', () => {
    const items = [write.integer(300), write.integer(2), write.octetString(fromHex('01'))]
    assert.equal(toHex(write.setOf(...items)), '310A020102020201 2C040101'.replace(' ', ''))
  })
})

describe('fields', () => {
  const der = parseDer(write.sequence(write.integer(1), write.nothing()))
  test('are taken in turn', () => {
    const fields = new Fields(der, TAG.sequence, 'Pair')
    assert.equal(smallInteger(fields.take(TAG.integer, 'first')), 1)
    assert.equal(fields.optional(contextTag(0)), undefined)
    assert.equal(fields.optional(TAG.integer, TAG.null)?.tag, TAG.null)
    fields.end()
    assert.throws(() => fields.any('third'), /Pair: expected third, got the end/)
  })
  test('say what is wrong', () => {
    assert.throws(() => new Fields(der, TAG.set, 'Pair'), /Pair: expected tag 31, got 30/)
    const fields = new Fields(der, TAG.sequence, 'Pair')
    assert.throws(() => fields.take(TAG.oid, 'type'), /Pair: expected type with tag 06, got 02/)
    assert.throws(() => only(der, TAG.sequence, 'Pair'), /expected 1 fields, got 2/)
  })
})
