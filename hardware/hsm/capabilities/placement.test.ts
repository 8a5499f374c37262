import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { createPrivateToken } from '../token.ts'
import { type Capabilities, FEATURES, type Feature } from './features.ts'
import { placements, type Variant } from './placement.ts'
import { probeToken } from './probe-token.ts'

const all = (without: readonly Feature[]) =>
  Object.fromEntries(
    Object.entries(FEATURES).map(([feature, [mechanism]]) => [
      feature,
      without.includes(feature as Feature) ? null : mechanism,
    ]),
  ) as Capabilities

/** What no token does, whatever mechanisms it has. */
const NEVER: readonly Variant[] = [
  'ExportWorkingKey',
  'ImportWorkingKey',
  'TranslateKey',
  'ExportTr34',
  'ImportTr34',
  'Dukpt tdes-2',
  'TranslatePin',
  'VerifyPin',
  'GeneratePin',
  'ChangePin',
]

test('SoftHSM2 does everything in the token, but for keys that come in the clear and for what no token does', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'tapbench-probe-'))
  const token = await createPrivateToken({ directory })
  const capabilities = await probeToken(token)
  await token.close()
  await rm(directory, { recursive: true })
  const allowed = placements(capabilities, true)
  for (const [name, { where, missing }] of Object.entries(placements(capabilities, false))) {
    const variant = name as Variant
    const never = NEVER.includes(variant)
    const imported = variant.startsWith('ImportKey') ? 'clear in signer' : 'in token'
    assert.equal(where, never ? 'not possible' : imported, variant)
    assert.equal(missing.length, never ? 1 : 0, variant)
    assert.equal(allowed[variant].where, never ? 'clear in signer' : imported, variant)
  }
})

test('without a mechanism, an operation goes to the signer where that can do it and may', () => {
  const lacking = all(['aes-cmac'])
  const mac = { missing: ['CKM_AES_CMAC'] }
  assert.deepEqual(placements(lacking, true)['Mac aes-cmac'], { where: 'clear in signer', ...mac })
  assert.deepEqual(placements(lacking, false)['Mac aes-cmac'], { where: 'not possible', ...mac })
  assert.deepEqual(placements(lacking, true)['VerifyArqc aes-128'], { where: 'not possible', ...mac })
  assert.equal(placements(lacking, false)['Mac hmac-sha256'].where, 'in token')
})

test('a token that wraps no keys can do nothing with them, and says that first', () => {
  const wrapsNone = all(['key-wrap-pad', 'key-wrap-cbc'])
  for (const { where, missing } of Object.values(placements(wrapsNone, true))) {
    assert.equal(where, 'not possible')
    assert.equal(missing[0], 'CKM_AES_KEY_WRAP_PAD or CKM_AES_CBC_PAD')
  }
})

test('a token that wraps by CBC alone does everything but what leaves for cards', () => {
  const places = Object.entries(placements(all(['key-wrap-pad']), true))
  const impossible = places.filter(([, { where }]) => where === 'not possible')
  assert.deepEqual(impossible, [
    ['GenerateCardKey aes-128', { where: 'not possible', missing: ['CKM_AES_KEY_WRAP_PAD'] }],
    ['GenerateCardKey ec-p256', { where: 'not possible', missing: ['CKM_AES_KEY_WRAP_PAD'] }],
  ])
})

test('two-key TDES is made in the signer where the token has three-key TDES alone', () => {
  const places = placements(all(['tdes-2']), true)
  const missing = ['CKM_DES2_KEY_GEN']
  assert.deepEqual(places['GenerateKey tdes-2'], { where: 'clear in signer', missing })
  assert.deepEqual(places['GenerateKey tdes for retail MAC'], { where: 'clear in signer', missing })
  assert.equal(places['GenerateKey tdes-3'].where, 'in token')
})
