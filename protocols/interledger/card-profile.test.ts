import assert from 'node:assert/strict'
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { AES128Verifier, aesCmac, DOL, ECDSAP256Verifier } from '@interledger/tlv-kit'
import { cmac } from '@noble/ciphers/aes.js'
import fc from 'fast-check'
import file from '../../fixtures/vectors/ilf-testnet.json' with { type: 'json' }
import { fromHex, toHex } from '../bytes/bytes.ts'
import { CDOL1, CDOL1_BYTES, CDOL1_DATA_BYTES } from './application.ts'
import {
  aesCryptogram,
  ecdsaCryptogram,
  paddedContext,
  sessionKeyInput,
  verifyAes,
  verifyEcdsa,
} from './cryptogram.ts'
import { buildPayload, cdol1DataOf, PayloadError, parsePayload } from './payload.ts'

const vectors = (...kinds: string[]) => file.vectors.filter(({ kind }) => kinds.includes(kind))
const hex = (text: string | undefined) => fromHex(text ?? assert.fail('vector without this value'))
const flip = (bytes: Uint8Array, at: number) => bytes.with(at, (bytes[at] ?? 0) ^ 0x01)

describe('Interledger card profile: vectors', () => {
  for (const { id, cdol1, fields, totalLength } of vectors('cdol')) {
    it(`${id}: CDOL1`, () => {
      assert.equal(toHex(CDOL1_BYTES), cdol1)
      assert.deepEqual(CDOL1, fields)
      assert.equal(CDOL1_DATA_BYTES, totalLength)
      assert.equal(new DOL(CDOL1_BYTES).getTotalLength(), totalLength)
    })
  }

  for (const vector of vectors('aes-cmac')) {
    it(`${vector.id}: AES cryptogram`, async () => {
      const [key, data, cryptogram] = [hex(vector.cmacKey), hex(vector.cdol1Data), hex(vector.cryptogram)]
      const atc = data.slice(0, 2)
      assert.equal(toHex(sessionKeyInput(atc)), vector.derivationInput)
      assert.equal(toHex(cmac(sessionKeyInput(atc), key)), vector.derivedKey)
      assert.equal(paddedContext(data).length, vector.contextBytes)
      assert.equal(toHex(cmac(paddedContext(data), hex(vector.derivedKey))), vector.fullCmac)
      assert.equal(toHex(aesCryptogram(key, data)), vector.cryptogram)
      assert.ok(verifyAes(key, data, cryptogram))
      assert.ok(await new AES128Verifier(key, atc).verify(paddedContext(data), aesCryptogram(key, data)))
    })
  }

  for (const vector of vectors('ecdsa-p256')) {
    it(`${vector.id}: ECDSA cryptogram`, async () => {
      const pem = vector.publicKeyPem ?? ''
      const publicKey = createPublicKey(pem)
      const data = hex(vector.cdol1Data)
      assert.ok(verifyEcdsa(publicKey, data, hex(vector.cryptogram)))
      assert.ok(await new ECDSAP256Verifier(pem).verify(data, hex(vector.cryptogram)))
      const made = ecdsaCryptogram(createPrivateKey(vector.privateKeyPem ?? ''), data)
      assert.equal(made.length, 72)
      assert.ok(verifyEcdsa(publicKey, data, made))
      assert.ok(await new ECDSAP256Verifier(pem).verify(data, made))
    })
  }

  for (const vector of file.vectors.filter(
    ({ verdict, card }) => verdict === 'accept' && card === undefined,
  )) {
    it(`${vector.id}: payload`, () => {
      const payload = parsePayload(hex(vector.responseTemplate))
      const fields = vector.fields ?? assert.fail('vector without fields')
      assert.ok('9F36' in fields)
      assert.equal(toHex(payload.atc), fields['9F36'])
      assert.equal(payload.amount, BigInt(fields['9F02']))
      assert.equal(payload.currency, fields['5F2A'])
      assert.equal(payload.exponent, Number(fields['5F36']))
      assert.equal(toHex(payload.date), fields['9A'])
      assert.equal(toHex(payload.time), fields['9F21'])
      assert.equal(toHex(payload.unpredictableNumber), fields['9F37'])
      assert.equal(payload.receiver, vector.receiverWalletAddress)
      assert.equal(payload.sender, vector.senderWalletAddress)
      assert.equal(toHex(payload.cryptogram), vector.cryptogram)
      assert.equal(toHex(payload.cdol1Data), vector.cdol1Data)
      assert.equal(toHex(buildPayload(payload)), vector.responseTemplate)
      assert.equal(toHex(cdol1DataOf(payload)), vector.cdol1Data)
    })
  }
})

/** How a correct issuer takes the cases of the testnet: at which tag the payload is refused, or whether its cryptogram is right. */
const JUDGEMENTS: Record<string, { refusedAt: string | null } | { cryptogram: boolean }> = {
  'r-mac': { cryptogram: false },
  'r-amount': { cryptogram: false },
  'r-len': { refusedAt: '9F26' },
  'r-cid': { refusedAt: '9F27' },
  'r-sender': { cryptogram: true },
  'r-atc': { cryptogram: true },
  'r-un': { cryptogram: true },
  'r-currency': { cryptogram: true },
  'r-nosig': { refusedAt: '9F26' },
  'r-trunc': { refusedAt: null },
  'p-bad': { cryptogram: true },
  'p-missing': { cryptogram: true },
  'p-blocked': { cryptogram: true },
  'p-ok': { cryptogram: true },
  // The testnet takes these three; a correct issuer does not.
  'q-short-address': { refusedAt: 'DF01' },
  'q-amount-not-bcd': { refusedAt: '9F02' },
  'q-trailing': { refusedAt: '77' },
  'q-order': { cryptogram: true },
  'q-date': { cryptogram: true },
}

describe('Interledger card profile: what the testnet refuses, and what it takes', () => {
  for (const { id, why, card, responseTemplate } of vectors('refuse', 'quirk-accepted')) {
    it(`${id}: ${why}`, () => {
      const judgement = JUDGEMENTS[id] ?? assert.fail(`no judgement for ${id}`)
      if ('refusedAt' in judgement)
        return assert.throws(
          () => parsePayload(hex(responseTemplate)),
          (error) => error instanceof PayloadError && error.tag === judgement.refusedAt,
        )
      const { cdol1Data, cryptogram } = parsePayload(hex(responseTemplate))
      return assert.equal(verifyAes(hex(card?.cmacKey), cdol1Data, cryptogram), judgement.cryptogram)
    })
  }

  it('has a judgement for every case', () => {
    assert.deepEqual(
      Object.keys(JUDGEMENTS).sort(),
      vectors('refuse', 'quirk-accepted')
        .map(({ id }) => id)
        .sort(),
    )
  })
})

describe('cryptograms', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const data = fc.uint8Array({ minLength: 149, maxLength: 149 })
  const key = fc.uint8Array({ minLength: 16, maxLength: 16 })

  it('AES: as @interledger/tlv-kit makes it, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(key, data, fc.nat(148), async (key, data, at) => {
        const cryptogram = aesCryptogram(key, data)
        const sessionKey = aesCmac(key, sessionKeyInput(data.slice(0, 2)))
        assert.deepEqual(cryptogram, aesCmac(sessionKey, paddedContext(data)).slice(0, 8))
        assert.ok(await new AES128Verifier(key, data.slice(0, 2)).verify(paddedContext(data), cryptogram))
        assert.ok(!verifyAes(key, flip(data, at), cryptogram))
        assert.ok(!verifyAes(key, data, flip(cryptogram, at % 8)))
        assert.ok(!verifyAes(flip(key, at % 16), data, cryptogram))
      }),
      { numRuns: 50 },
    )
  })

  it('AES: ATC n and n + 256 share a session key, though not a cryptogram', () => {
    const [low, high] = [fromHex('0001'), fromHex('0101')]
    assert.deepEqual(sessionKeyInput(low), sessionKeyInput(high))
    const rest = new Uint8Array(147)
    const cardKey = new Uint8Array(16)
    const cryptogram = aesCryptogram(cardKey, new Uint8Array([...low, ...rest]))
    assert.ok(!verifyAes(cardKey, new Uint8Array([...high, ...rest]), cryptogram))
  })

  it('ECDSA: as @interledger/tlv-kit takes it, and no other', async () => {
    await fc.assert(
      fc.asyncProperty(data, fc.nat(148), async (data, at) => {
        const cryptogram = ecdsaCryptogram(privateKey, data)
        assert.equal(cryptogram.length, 72)
        assert.ok(verifyEcdsa(publicKey, data, cryptogram))
        assert.ok(await new ECDSAP256Verifier(pem).verify(data, cryptogram))
        assert.ok(!verifyEcdsa(publicKey, flip(data, at), cryptogram))
        // Also in the padding, which tlv-kit does not look at.
        assert.ok(!verifyEcdsa(publicKey, data, flip(cryptogram, at % 72)))
      }),
      { numRuns: 50 },
    )
  })

  it('ECDSA: any other bytes are a wrong cryptogram, not an error', () => {
    const context = new Uint8Array(149)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        assert.equal(verifyEcdsa(publicKey, context, bytes), false)
        assert.equal(verifyAes(new Uint8Array(16), context, bytes.slice(0, 7)), false)
      }),
      { numRuns: 200 },
    )
    const sequence = new Uint8Array(72).fill(0x30)
    for (const length of [0, 1, 68, 70, 71, 255])
      assert.equal(verifyEcdsa(publicKey, context, sequence.with(1, length)), false)
  })

  it('refuse keys and data of another kind', () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'secp256k1' })
    const context = new Uint8Array(149)
    assert.throws(() => ecdsaCryptogram(other.privateKey, context), /expected a P-256 key, got secp256k1/)
    assert.throws(() => verifyEcdsa(other.publicKey, context, new Uint8Array(72)), TypeError)
    assert.throws(() => aesCryptogram(new Uint8Array(32), context), RangeError)
    for (const length of [0, 148, 150]) {
      const wrong = new Uint8Array(length)
      assert.throws(() => aesCryptogram(new Uint8Array(16), wrong), RangeError)
      assert.throws(() => ecdsaCryptogram(privateKey, wrong), RangeError)
      assert.throws(() => verifyEcdsa(publicKey, wrong, new Uint8Array(72)), RangeError)
    }
    assert.throws(() => sessionKeyInput(new Uint8Array(1)), RangeError)
  })
})
