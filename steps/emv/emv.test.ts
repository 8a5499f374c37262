import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { CardProfileError, loadCardProfile } from '../../simulators/card/profile.ts'
import { loadTerminalProfile, TerminalProfileError } from '../../simulators/pos/profile.ts'
import { withObjects } from './card-objects.ts'
import { encipheredPin, isPinOf } from './pin-pad.ts'
import { constantRandom, seededRandom } from './seeded-random.ts'
import { UNDECIDED, withSettings } from './terminal-settings.ts'
import { otherPin, TestCardholder } from './test-cardholder.ts'

describe('random numbers', () => {
  test('of one seed are the same ones, however they are taken', () => {
    const [one, two] = [seededRandom('seed'), seededRandom('seed')]
    const inPieces = Array.from({ length: 20 }, () => toHex(one(5))).join('')
    assert.equal(inPieces, toHex(two(100)))
    assert.notEqual(toHex(seededRandom('other')(100)), inPieces)
  })

  test('of a constant are that number, as long as asked for', () => {
    assert.equal(toHex(constantRandom(0x1234)(4)), '00001234')
    assert.equal(toHex(constantRandom(0x1234)(1)), '34')
  })
})

describe('data objects of a card', () => {
  const card = loadCardProfile('plain-contact')
  const tags = (profile = card) => profile.applications[0]?.records.map(({ tags }) => tags.join(' '))

  test('replace those of the profile where they stand', () => {
    const changed = withObjects(card, { '5F24': '261120', '9F38': '9F1A02' })
    assert.equal(changed.applications[0]?.data['5F24'], '261120')
    assert.equal(changed.applications[0]?.pdol, '9F1A02')
    assert.deepEqual(tags(changed), tags())
  })

  test('that are new go into the last record', () => {
    assert.match(tags(withObjects(card, { '97': '9F0206' }))?.at(-1) ?? '', / 97$/)
  })

  test('that are taken off leave no hole in a file', () => {
    const changed = withObjects(card, { '92': null, '8F': null, '9F32': null })
    const files = changed.applications[0]?.records.map(({ sfi, record }) => `${sfi}/${record}`)
    assert.deepEqual(files, ['1/1', '2/1', '2/2', '3/1', '3/2', '4/1', '4/2'])
  })

  test('that make no profile are refused', () => {
    assert.throws(() => withObjects(card, { '8C': '9F02' }), CardProfileError)
    assert.throws(() => withObjects(card, { '5F24': 'XX' }), CardProfileError)
  })
})

describe('settings of a terminal', () => {
  test('of applications are those of all', async () => {
    const changed = withSettings(await loadTerminalProfile('contact'), {
      ...UNDECIDED,
      'floor limit': '12.50',
    })
    const limits = changed.contact?.applications.map(({ floorLimit, actionCodes }) => [
      floorLimit,
      actionCodes.online,
    ])
    assert.deepEqual(new Set(limits?.map(String)), new Set(['1250,0000000000']))
  })

  test('AIDs are taken in this order, also new ones', async () => {
    const changed = withSettings(await loadTerminalProfile('contact'), {
      AIDs: 'A0000000041010, A000000999',
    })
    assert.deepEqual(
      changed.contact?.applications.map(({ aid }) => aid),
      ['A0000000041010', 'A000000999'],
    )
  })

  test('that do not exist, or are wrong, are refused', async () => {
    const terminal = await loadTerminalProfile('contact')
    assert.throws(
      () => withSettings(terminal, { colour: 'red' }),
      /expected one of type, country, .*"colour"/,
    )
    assert.throws(() => withSettings(terminal, { type: 'XX' }), TerminalProfileError)
    assert.throws(() => withSettings(terminal, { 'partial names': 'perhaps' }), /expected yes or no/)
  })

  test('keep the contactless part', async () => {
    const terminal = await loadTerminalProfile('contactless')
    assert.equal(withSettings(terminal, { country: '0250' }).contactless, terminal.contactless)
  })
})

describe('a cardholder', () => {
  const knowledge = { pin: '1234', pan: '5413330089010434' }

  test('does what was said in its order, and the last thing again', async () => {
    const cardholder = new TestCardholder()
    cardholder.acts = ['a wrong PIN', 'the right PIN', 'no PIN']
    const { offlinePin } = cardholder.at(knowledge)
    const entries = [await offlinePin(3), await offlinePin(2), await offlinePin(2), await offlinePin(2)]
    assert.deepEqual(entries, [
      { kind: 'entered', pin: '2345' },
      { kind: 'entered', pin: '1234' },
      { kind: 'bypassed' },
      { kind: 'bypassed' },
    ])
  })

  test('without anything said stands before a PIN pad that does not work', async () => {
    assert.deepEqual(await new TestCardholder().at(knowledge).onlinePin(), { kind: 'not working' })
  })

  test('has another PIN that differs in every digit', () => assert.equal(otherPin('1290'), '2301'))

  test('enters a PIN that only its issuer and account fit', () => {
    const pinData = encipheredPin('1234', knowledge.pan)
    assert.equal(pinData.length, 8)
    assert.ok(isPinOf(pinData, '1234', knowledge.pan))
    assert.ok(!isPinOf(pinData, '1235', knowledge.pan))
    assert.ok(!isPinOf(pinData, '1234', '5413330089020029'))
    assert.ok(!isPinOf(fromHex('0011223344556677'), '1234', knowledge.pan))
  })
})
