import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { concat, fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { Card } from './card.ts'
import { INSTRUCTIONS } from './instructions.ts'
import { command, counting, cryptogramOf, Session } from './testing/session.ts'

const PROFILES = [
  'mchip-like-contact',
  'mchip-like-contactless',
  'visa-like-contactless',
  'offline-pin',
  'two-applications',
]

const CLASSES = [0x00, 0x80, 0x84, 0x8c, 0x90]

for (const name of PROFILES) {
  test(`${name}: any bytes at any moment are answered, and the next transaction is whole`, () => {
    const { image, application, ...session } = sessionOf(name)
    const whole = fc.constantFrom(...session.commands)
    const bytes = fc.uint8Array({ maxLength: 260 })
    const ins = fc.constantFrom(...INSTRUCTIONS.map((instruction) => instruction.ins))
    const shaped = fc
      .tuple(fc.constantFrom(...CLASSES), ins, fc.nat(255), fc.nat(255), fc.uint8Array({ maxLength: 255 }))
      .map(([cla, code, p1, p2, data]) => concat(Uint8Array.of(cla, code, p1, p2, data.length), data))
    const nearly = fc
      .tuple(whole, fc.nat(), fc.nat(255))
      .map(([known, at, byte]) => new Uint8Array(known.with(at % known.length, byte)))
    const commands = fc.array(fc.oneof(whole, whole, nearly, shaped, bytes), { maxLength: 15 })
    fc.assert(
      fc.property(commands, (sequence) => {
        const card = new Card(image, counting())
        let atc = card.atc
        for (const each of sequence) {
          assert.ok(card.transmit(each).length >= 2)
          assert.ok(card.atc >= atc && card.atc <= atc + 1, 'a command counts one transaction at most')
          atc = card.atc
        }
        card.reset()
        const [last] = session.transaction.map((each) => card.transmit(each)).slice(-1)
        assert.equal(toHex(last?.slice(-2) ?? new Uint8Array()), '9000')
        assert.match(cryptogramOf(last?.slice(0, -2) ?? new Uint8Array()).cid, /^[048]0$/)
      }),
      { seed: 3, numRuns: 300 },
    )
    assert.ok(application.aid.length > 0)
  })
}

function sessionOf(name: string) {
  const session = new Session(name)
  const { image, application } = session
  const transaction = [command('00A40400', application.aid), session.gpo(), session.generate('80')]
  const others = [
    session.generate('50'),
    session.generate('40', '8D'),
    '0084000000',
    '0020008008241234FFFFFFFFFF',
    command('00880000', '01234567'),
    command('80EA0000', '01020304'),
    command('80D00000', '01234567'),
    command('802A8E80', '00000123'),
    '80CA9F3600',
    '00B2011400',
    '00A404000E315041592E5359532E444446303100',
  ]
  return {
    image,
    application,
    transaction: transaction.map(fromHex),
    commands: [...transaction, ...transaction, ...others].map(fromHex),
  }
}
