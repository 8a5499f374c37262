import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { parseTlv, TlvError } from '../../protocols/tlv/tlv.ts'
import { type Faults, faultsSchema } from './faults.ts'
import { FaultyCard } from './faulty-card.ts'
import { imageOf, recordWith } from './testing/issue.ts'

const SELECT = fromHex('00A404000AA00000015103010C060100')
const GPO = fromHex('80A8000002830000')
const GPO_ANSWER = '770F820200009404080102009F360200019000'

function cardWith(faults: Faults): FaultyCard {
  return new FaultyCard(imageOf(recordWith(), { faults: faultsSchema.parse(faults) }))
}

/** The answer of each command; null where the card left. */
function run(card: FaultyCard, ...commands: Uint8Array[]): (string | null)[] {
  return commands.map((command) => {
    const answer = card.transmit(command)
    return answer === null ? null : toHex(answer)
  })
}

test('a card without faults answers as the applet does', () => {
  const [select, gpo] = run(cardWith({}), SELECT, GPO)
  assert.match(select ?? '', /^6F1E.*9000$/)
  assert.equal(gpo, GPO_ANSWER)
})

test('a card leaves before its n-th command, which it does not see', () => {
  const card = cardWith({ tearBefore: 2 })
  const [select, gpo] = run(card, SELECT, GPO)
  assert.match(select ?? '', /9000$/)
  assert.equal(gpo, null)
  assert.equal(card.atc, 0)
})

test('a card leaves inside an instruction, after its work', () => {
  const card = cardWith({ tearInside: 'A8' })
  const [select, gpo] = run(card, SELECT, GPO)
  assert.match(select ?? '', /9000$/)
  assert.equal(gpo, null)
  assert.equal(card.atc, 1)
})

test('a card that left and comes back stays', () => {
  const card = cardWith({ tearInside: 'A8' })
  run(card, SELECT, GPO)
  card.reset()
  const [, gpo] = run(card, SELECT, GPO)
  assert.match(gpo ?? '', /9F36020002.*9000$/)
})

const SPOILED: [string, NonNullable<Faults['answers']>[string], (answer: string) => void][] = [
  ['empty', 'empty', (answer) => assert.equal(answer, '9000')],
  ['raw', { raw: '6985' }, (answer) => assert.equal(answer, '6985')],
  [
    'oversized',
    'oversized',
    (answer) => {
      assert.equal(answer.length, 2 * 302)
      assert.ok(answer.startsWith(GPO_ANSWER.slice(0, -4)) && answer.endsWith('9000'))
    },
  ],
  [
    'malformed',
    'malformed',
    (answer) => {
      assert.equal(answer, '770F820200009404080102009F3602009000')
      assert.throws(() => parseTlv(fromHex(answer.slice(0, -4))), TlvError)
    },
  ],
]

for (const [what, fault, check] of SPOILED) {
  test(`an answer is ${what}, only to the instruction that was named`, () => {
    const [select, gpo] = run(cardWith({ answers: { A8: fault } }), SELECT, GPO)
    assert.match(select ?? '', /^6F1E.*9000$/)
    check(gpo ?? '')
  })
}

test('an answer is spoiled only for commands that begin so; the longest beginning counts', () => {
  const card = cardWith({
    answers: { A4: { raw: '6A81' }, '00A404000E32': { raw: '6A82' }, '84': { raw: '6D00' } },
  })
  const ppse = fromHex('00A404000E325041592E5359532E444446303100')
  assert.deepEqual(run(card, ppse, SELECT), ['6A82', '6A81'])
})

test('faults that do not exist are refused', () => {
  for (const faults of [{ tearBefore: 0 }, { tearInside: 'ae' }, { answers: { A8: 'odd' } }, { melt: true }])
    assert.equal(faultsSchema.safeParse(faults).success, false, JSON.stringify(faults))
})
