import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { AID, CDOL1_BYTES } from '../../protocols/interledger/application.ts'
import { CardProfileError, listCardProfiles, loadCardProfile, parseCardProfile } from './profile.ts'

const PATH = join(import.meta.dirname, '../../fixtures/cards/interledger.yaml')
const YAML = readFileSync(PATH, 'utf8')

for (const name of listCardProfiles()) {
  test(`profile ${name} is well-formed`, () => {
    const profile = loadCardProfile(name)
    assert.equal(profile.name, name)
    // ISO 7816-3, 8.2.5: the check byte makes the XOR of all bytes from T0 on zero.
    assert.equal(
      fromHex(profile.atr)
        .subarray(1)
        .reduce((xor, byte) => xor ^ byte, 0),
      0,
    )
  })
}

test('both Interledger profiles have the application and CDOL1 of the card profile', () => {
  for (const name of ['interledger', 'interledger-p256']) {
    const [application] = loadCardProfile(name).applications
    assert.deepEqual(fromHex(application?.aid ?? ''), AID)
    assert.deepEqual(fromHex(application?.data['8C'] ?? ''), CDOL1_BYTES)
  }
})

test('a profile is found by path, and names are listed when there is none', () => {
  assert.deepEqual(loadCardProfile(PATH), loadCardProfile('interledger'))
  assert.throws(() => loadCardProfile('nothing'), {
    name: 'CardProfileError',
    message: /one of .*interledger.* or a path, got "nothing"/,
  })
})

test('text values are ASCII, tags that look like numbers are tags', () => {
  const yaml = YAML.replace('"5F28": 02 76', '5F28: { text: AB }').replace('"9F07": FF 00', '9E10: 0102')
  const [application] = parseCardProfile(yaml.replace('9F07]', '9E10]'), 'x.yaml').applications
  assert.equal(application?.data['5F28'], '4142')
  assert.equal(application?.data['9E10'], '0102')
  assert.deepEqual(application?.processingOptions, ['82', '94', '9F36'])
})

const WRONG: [string, string | RegExp, string, RegExp][] = [
  ['no YAML', /^name:.*/m, 'name: [', /x\.yaml: expected YAML, got/],
  ['an unknown key', 'atr:', 'art:', /x\.yaml: .*art/],
  ['an ATR that is no hexadecimal', /^atr:.*/m, 'atr: 3B XX', /x\.yaml: atr: expected bytes in hexadecimal/],
  ['a short AID', /aid:.*/, 'aid: A0 00', /x\.yaml: applications\.0\.aid: expected 5 to 16 bytes/],
  ['a priority', 'priority: 1', 'priority: high', /applications\.0\.priority: expected a number/],
  ['a label', 'label: INTERLEDGER', 'label: "Käse"', /applications\.0\.label: expected 1 to 16 letters/],
  ['a value', '02 76', '02 7', /applications\.0\.data\.5F28: expected bytes in hexadecimal or \{ text: … \}/],
  ['a CDOL1', 'DF02 40', 'DF02', /applications\.0\.data\.8C: expected a data object list/],
  ['no CDOL1', '"8C"', '"8E"', /applications\.0\.data\.8C: expected a data object list/],
  [
    'a PDOL',
    'priority: 1',
    'priority: 1\n    pdol: 9F66',
    /applications\.0\.pdol: expected a data object list/,
  ],
  [
    'a value that is not there',
    '"5F28"',
    '"5F29"',
    /records\.1\.tags: expected 5F28 to be in data or personalised/,
  ],
  ['an unknown tag in GPO', '[82, 94', '[82, 9F66, 94', /processingOptions: expected 9F66 to be in data/],
  ['an unknown tag in GENERATE AC', '9F26]', '9F10]', /generateAc\.answer: expected 9F10 to be in data/],
  [
    'a hole in the records',
    'record: 2',
    'record: 3',
    /records\.1\.record: expected record 2 of SFI 1 to be next/,
  ],
  ['an SFI', 'sfi: 1, record: 1', 'sfi: 31, record: 1', /records\.0\.sfi: expected at most 30/],
  ['a cryptogram', 'interledger-aes', 'other', /generateAc\.cryptogram: .*interledger-aes/],
]

for (const [what, from, to, message] of WRONG) {
  test(`refused, naming file and key: ${what}`, () => {
    const yaml = YAML.replace(from, to)
    assert.notEqual(yaml, YAML)
    assert.throws(
      () => parseCardProfile(yaml, 'x.yaml'),
      (error: Error) => {
        assert.ok(error instanceof CardProfileError)
        assert.match(error.message, message)
        return true
      },
    )
  })
}
