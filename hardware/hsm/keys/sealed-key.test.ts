import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type SealedKey, sealedBytes, sealingOf } from './sealed-key.ts'

const KEY: Omit<SealedKey, 'seal'> = {
  record: {
    label: 'mac',
    usage: 'MAC',
    algorithm: 'aes-128',
    owner: 'shop',
    version: 1,
    validFrom: null,
    validUntil: 5,
    exportable: false,
    kcv: '112233',
    publicKey: null,
  },
  blob: '00',
  singleBlob: '11',
  objectId: '22',
  token: '33',
}
const RECORD = '["mac","MAC","aes-128","shop",1,null,5,false,"112233",null]'

test('a record from before sealings had names is under its seal as it was, and is of RFC 5649', () => {
  assert.equal(sealedBytes(KEY).toString(), `[${RECORD},["00","11","22","33"]]`)
  assert.equal(sealingOf(KEY), 'aes-kwp')
})

test('the name of a sealing is under the seal, so that none can be taken for another', () => {
  const bytes = [
    KEY,
    { ...KEY, sealing: 'aes-kwp' } as const,
    { ...KEY, sealing: 'aes-cbc-pad' } as const,
  ].map((key) => sealedBytes(key).toString())
  assert.equal(bytes[2], `[${RECORD},["00","11","22","33","aes-cbc-pad"]]`)
  assert.equal(new Set(bytes).size, 3)
})
