import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import { cmac } from '@noble/ciphers/aes.js'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { imageSchema } from './image.ts'
import { PersonalisationError } from './personalisation.ts'
import { loadCardProfile } from './profile.ts'
import { CARD_KEY, imageOf, PAN, recordWith, wrap, wrapPrivate } from './testing/issue.ts'

const P256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const OTHER = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const P384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const pem = (key: typeof P256.publicKey) => key.export({ format: 'pem', type: 'spki' }).toString()
const KCV = toHex(cmac(new Uint8Array(16), CARD_KEY).subarray(0, 3))

test('an AES card gets its values and its key', () => {
  const image = imageOf(recordWith({ kcv: KCV.toLowerCase() }), { atc: 7 })
  assert.deepEqual(image.personalised, {
    C1: toHex(Buffer.from('$wallet.tapbench.example/alice')),
    '5A': PAN,
    '5F24': '301231',
    '5F34': '01',
  })
  assert.deepEqual(image.key, { algorithm: 'aes-128', value: toHex(CARD_KEY) })
  assert.equal(image.atc, 7)
  assert.deepEqual(imageSchema.parse(JSON.parse(JSON.stringify(image))), image)
})

test('a P-256 card gets its private key', () => {
  const key = {
    algorithm: 'ec-p256' as const,
    wrapped: wrapPrivate(P256.privateKey),
    publicKey: pem(P256.publicKey),
  }
  const image = imageOf(recordWith(key))
  assert.equal(image.key.value, toHex(P256.privateKey.export({ format: 'der', type: 'pkcs8' })))
})

test('a PAN of odd length is padded with F, another wallet address can be put on', () => {
  const image = imageOf(
    { ...recordWith(), pan: '999999010000006' },
    { faults: { walletAddress: 'https://x.example/y' } },
  )
  assert.equal(image.personalised['5A'], '999999010000006F')
  assert.equal(image.personalised.C1, toHex(Buffer.from('$x.example/y')))
})

const ec = { algorithm: 'ec-p256' as const }
const WRONG: [string, () => unknown, RegExp][] = [
  [
    'no record',
    () => imageOf({ ...recordWith(), pan: '12' }),
    /personalisation record: pan: expected 13 to 19 digits/,
  ],
  ['expiry', () => imageOf({ ...recordWith(), expiry: '2030' }), /expiry: expected YYMMDD/],
  ['wrapped', () => imageOf(recordWith({ wrapped: 'zz' })), /key\.wrapped: expected bytes in hexadecimal/],
  [
    'wallet address',
    () => imageOf({ ...recordWith(), walletAddress: 'http://a.example/b' }),
    /walletAddress: expected https/,
  ],
  [
    'long address',
    () => imageOf({ ...recordWith(), walletAddress: `https://a.example/${'b'.repeat(60)}` }),
    /at most 64 ASCII/,
  ],
  [
    'transport key',
    () => imageOf(recordWith(), { transportKey: new Uint8Array(16) }),
    /does not unwrap: give card and issuer the same/,
  ],
  [
    'short transport key',
    () => imageOf(recordWith(), { transportKey: new Uint8Array(8) }),
    /transport key of 16 bytes, got 8/,
  ],
  [
    'short key',
    () => imageOf(recordWith({ wrapped: wrap(CARD_KEY.subarray(0, 8)) })),
    /expected 16 bytes of AES key, got 8/,
  ],
  [
    'KCV',
    () => imageOf(recordWith({ kcv: '000000' })),
    /key\.kcv: expected .*, got 000000: the key is not the issuer's/,
  ],
  ['no EC key', () => imageOf(recordWith({ ...ec })), /expected a P-256 private key as PKCS#8 DER/],
  [
    'another curve',
    () => imageOf(recordWith({ ...ec, wrapped: wrapPrivate(P384.privateKey) })),
    /expected a P-256 private key/,
  ],
  [
    'another public key',
    () =>
      imageOf(recordWith({ ...ec, wrapped: wrapPrivate(P256.privateKey), publicKey: pem(OTHER.publicKey) })),
    /expected the public half of the wrapped key, got another/,
  ],
  [
    'no public key',
    () => imageOf(recordWith({ ...ec, wrapped: wrapPrivate(P256.privateKey), publicKey: 'none' })),
    /expected a public key as SPKI PEM/,
  ],
  [
    'profile of the other cryptogram',
    () => imageOf(recordWith(), { profile: loadCardProfile('interledger-p256') }),
    /expected a key of ec-p256 for card profile interledger-p256, got aes-128/,
  ],
  ['a value nobody gives', () => imageOf(recordWith(), { profile: asking('57') }), /it asks for 57/],
]

function asking(tag: string) {
  const profile = loadCardProfile('interledger')
  const applications = profile.applications.map((each) => ({
    ...each,
    personalised: [...each.personalised, tag],
  }))
  return { ...profile, applications }
}

for (const [what, make, message] of WRONG) {
  test(`refused: ${what}`, () => {
    assert.throws(make, (error: Error) => {
      assert.ok(error instanceof PersonalisationError, String(error))
      assert.match(error.message, message)
      assert.ok(!error.message.includes(toHex(CARD_KEY)) && !error.message.includes(PAN))
      return true
    })
  })
}
