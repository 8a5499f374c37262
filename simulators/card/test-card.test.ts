import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { iccMasterKey } from '../../protocols/emv/keys/master-key.ts'
import { parseTlv } from '../../protocols/tlv/tlv.ts'
import { imageSchema } from './image.ts'
import { PersonalisationError } from './personalisation.ts'
import { CardProfileError, listCardProfiles, loadCardProfile, parseCardProfile } from './profile.ts'
import { isTestProfile, personaliseTestCard } from './test-card.ts'
import { Session } from './testing/session.ts'

const TEST_PROFILES = listCardProfiles().filter((name) => isTestProfile(loadCardProfile(name)))
const LONGEST_RECORD = 254

for (const name of TEST_PROFILES) {
  test(`${name}: travels as JSON, and its records fit`, () => {
    const session = new Session(name)
    assert.deepEqual(imageSchema.parse(JSON.parse(JSON.stringify(session.image))), session.image)
    session.begin()
    for (const { bytes } of session.records()) {
      assert.ok(bytes.length <= LONGEST_RECORD, `${bytes.length} bytes`)
      const [template] = parseTlv(bytes)
      assert.equal(template?.tag, '70')
      assert.ok(template?.children?.every(({ value }) => value.length > 0))
    }
  })
}

test('account number, expiry, counter and faults can be given', () => {
  const given = { pan: '541333008902011', expiry: '280131', atc: 7, faults: { corruptCryptogram: true } }
  const image = personaliseTestCard(loadCardProfile('mchip-like-contact'), given)
  assert.equal(image.personalised['5A'], '541333008902011F')
  assert.equal(image.personalised['57'], '541333008902011D28012010000000000F')
  assert.equal(image.personalised['5F24'], '280131')
  assert.deepEqual([image.atc, image.faults.corruptCryptogram], [7, true])
  const imk = fromHex('0123456789ABCDEFFEDCBA9876543210')
  assert.equal(image.key.value, toHex(iccMasterKey('A', imk, given.pan, '01')))
})

test('certificates are the same in every run', () => {
  const [one, two] = [1, 2].map(() => personaliseTestCard(loadCardProfile('ccd-tdes-contact')))
  assert.deepEqual(one, two)
})

test('a card of an issuer is not made without one', () => {
  assert.throws(
    () => personaliseTestCard(loadCardProfile('interledger')),
    (error: Error) =>
      error instanceof PersonalisationError && /expected card profile interledger/.test(error.message),
  )
})

describe('profiles that extend another', () => {
  test('say only what they change', () => {
    const base = loadCardProfile('ccd-tdes-contact')
    const expired = loadCardProfile('expired')
    assert.equal(expired.holder.expiry, '201231')
    assert.equal(expired.holder.pan, base.holder.pan)
    assert.deepEqual(expired.applications, base.applications)
    assert.equal(loadCardProfile('no-oda').pki, undefined)
    assert.equal(loadCardProfile('two-applications').applications.length, 2)
  })

  const wrong: [what: string, yaml: string, message: RegExp][] = [
    ['nobody', 'extends: nobody\nname: x', /expected a card profile, one of .* got "nobody"/],
    ['a list', 'extends: [a]\nname: x', /extends: expected the name of another profile/],
    [
      'a wrong value',
      'extends: slow\nname: x\nfaults: { delayMs: 0 }',
      /faults\.delayMs: expected at least 1/,
    ],
    [
      'a hole in the cryptogram',
      'extends: slow\nname: x\napplications: [{ pdol: "", data: { 8C: 9F0206 } }]',
      /expected 9F37 of 4 bytes in CDOL1 or PDOL/,
    ],
    [
      'authenticated records that come late',
      'extends: slow\nname: x\napplications: [{ records: [{ sfi: 1, record: 1, tags: [57] }, { sfi: 1, record: 2, tags: [5A], authenticated: true }] }]',
      /expected authenticated records before the others/,
    ],
  ]
  for (const [what, yaml, message] of wrong) {
    test(`refused: ${what}`, () => {
      assert.throws(
        () => parseCardProfile(yaml, 'x.yaml'),
        (error: Error) => error instanceof CardProfileError && message.test(error.message),
      )
    })
  }
})
