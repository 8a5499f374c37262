import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { describe, test } from 'node:test'
import aesFile from '../../fixtures/vectors/dukpt-aes.json' with { type: 'json' }
import tdesFile from '../../fixtures/vectors/dukpt-tdes.json' with { type: 'json' }
import { concat, fromHex, toHex } from '../bytes/bytes.ts'
import { encryptAesCbc } from '../emv/keys/aes.ts'
import { aesCmac, tdesCmac } from '../mac/cmac.ts'
import { encryptCbc, encryptEcb } from '../mac/des.ts'
import { retailMac } from '../mac/iso9797.ts'
import { pad } from '../mac/padding.ts'
import { encipherPin } from '../pin/encipher.ts'
import { pinBlock } from '../pin/pin-block.ts'
import { AES_DUKPT, aesWorkingKey } from './aes.ts'
import { transactionsLeft } from './counter.ts'
import { derivationData } from './derivation-data.ts'
import { DukptDevice } from './device.ts'
import { hostTransactionKey, transactionKey, updateKey } from './host.ts'
import { DERIVATION_USAGES, type KeyType, type KeyUsage } from './key-types.ts'
import { nextKsn, readInitialKsn, readKsn } from './ksn.ts'
import type { DukptScheme, Ksn } from './scheme.ts'
import { TDES_DUKPT, type TdesUsage, tdesWorkingKey } from './tdes.ts'

// biome-ignore lint/suspicious/noExplicitAny: each kind of vector has fields of its own.
type Vector = Readonly<Record<string, any>> & { id: string; kind: string }

/** What a vector asks for, and what came of it, field by field. */
type Runner = (vector: Vector) => Record<string, unknown>

/** Fields of a vector that are no result. */
const INPUTS = new Set([
  ...['id', 'kind', 'from', 'computedHere', 'publishedWorkingKeys'],
  ...['bdk', 'initialKey', 'initialKeyId', 'ksn', 'counter', 'startKsn', 'invalidCounterExample'],
  ...['pin', 'pan', 'macText', 'usage', 'keyType', 'derivedFrom'],
])
const BDK = fromHex('0123456789ABCDEFFEDCBA9876543210')
const TDES_USAGES: readonly TdesUsage[] = ['pin', 'macRequest', 'macResponse', 'dataRequest', 'dataResponse']

const TDES: Record<string, Runner> = {
  'initial-key': (v) => ({
    ik: toHex(TDES_DUKPT.initialKey(fromHex(v.bdk), initialKsn(TDES_DUKPT, v.ksn).id)),
  }),
  transaction: (v) => {
    const current = ksn(TDES_DUKPT, v.ksn)
    const key = transactionKey(fromHex(v.ik), current)
    assert.deepEqual(hostTransactionKey(BDK, current), key)
    const keys = Object.fromEntries(
      TDES_USAGES.map((usage) => [usage, tdesWorkingKey(key, usage)]),
    ) as Record<TdesUsage, Uint8Array>
    const text = Buffer.from(v.macText)
    const clear = pinBlock(0, v.pin, { pan: v.pan })
    const plain = pad(1, concat(text, new Uint8Array(24 - text.length)))
    const macs = {
      Request: retailMac(keys.macRequest, text, 1),
      Response: retailMac(keys.macResponse, text, 1),
    }
    return {
      ik: toHex(TDES_DUKPT.initialKey(BDK, current.id)),
      transactionKey: toHex(key),
      ...Object.fromEntries(TDES_USAGES.map((usage) => [`${usage}Key`, toHex(keys[usage])])),
      clearPinBlock: toHex(clear),
      encryptedPinBlock: toHex(encryptEcb(keys.pin, clear)),
      macRequest4: toHex(macs.Request.slice(0, 4)),
      macResponse4: toHex(macs.Response.slice(0, 4)),
      macRequest8: toHex(macs.Request),
      macResponse8: toHex(macs.Response),
      cmacRequest8: toHex(tdesCmac(keys.macRequest, text)),
      cmacResponse8: toHex(tdesCmac(keys.macResponse, text)),
      dataPlain: toHex(plain),
      dataRequestCbc: toHex(encryptCbc(keys.dataRequest, plain)),
      dataResponseCbc: toHex(encryptCbc(keys.dataResponse, plain)),
    }
  },
  'ksn-rule': ksnRule(TDES_DUKPT),
}

const AES: Record<string, Runner> = {
  'initial-key': (v) => {
    const [bdk, id] = [fromHex(v.bdk), fromHex(v.initialKeyId)]
    const type = `AES${bdk.length * 8}` as KeyType
    const data = derivationData({ usage: DERIVATION_USAGES.initialKey, type, id, counter: 0 })
    return { derivationData: toHex(data.slice(0, 16)), ik: toHex(AES_DUKPT.initialKey(bdk, id)) }
  },
  'working-keys-128': workingKeys,
  'working-keys-256': workingKeys,
  'derivation-key-128': (v) => ({ derivationKey: toHex(derivationKey(v)) }),
  'derivation-key-256': (v) => ({ derivationKey: toHex(derivationKey(v)) }),
  'update-key': (v) => {
    const [ik, id] = [fromHex(v.ik), fromHex(v.initialKeyId)]
    const device = DukptDevice.load(ik, { scheme: AES_DUKPT, id })
    assert.deepEqual(device.updateKey(v.keyType), updateKey(ik, id, v.keyType))
    return { ik: v.ik, updateKey: toHex(updateKey(ik, id, v.keyType)) }
  },
  'ksn-rule': (v) => {
    const wrong = readKsn(AES_DUKPT, fromHex(v.startKsn.slice(0, 16) + v.invalidCounterExample))
    assert.deepEqual(wrong, { ok: false, reason: 'ksn_counter_ones' })
    return ksnRule(AES_DUKPT)(v)
  },
}

runAll('dukpt-tdes.json', tdesFile, TDES)
runAll('dukpt-aes.json', aesFile, AES)

test('the published rollover is the way that a device goes', () => {
  const ids = (tdesFile.vectors as Vector[]).filter(({ id }) => id.startsWith('tdes-rollover'))
  const [first, ...others] = ids.map((vector) => ksn(TDES_DUKPT, vector.ksn))
  let current = first ?? assert.fail('no vector')
  let steps = 0
  for (const { counter } of others) {
    for (; current.counter < counter; steps++) current = nextKsn(current) ?? assert.fail('exhausted')
    assert.equal(current.counter, counter)
  }
  assert.equal(steps, 11)
})

function runAll(
  name: string,
  file: { count: number; vectors: readonly unknown[] },
  runners: Record<string, Runner>,
): void {
  describe(name, () => {
    let run = 0
    for (const vector of file.vectors as readonly Vector[]) {
      test(vector.id, () => {
        const actual = runners[vector.kind]?.(vector) ?? assert.fail(`no runner for ${vector.kind}`)
        const asked = Object.entries(vector).filter(([field]) => !INPUTS.has(field))
        assert.ok(asked.length > 0)
        for (const [field, value] of asked) assert.deepEqual(actual[field], value, field)
        run++
      })
    }
    test('every vector was run', () => assert.equal(run, file.count))
  })
}

function workingKeys(v: Vector): Record<string, unknown> {
  const current = ksn(AES_DUKPT, v.ksn)
  const key = derivationKey(v)
  const working = (usage: KeyUsage, type: KeyType) => aesWorkingKey(key, current, usage, type)
  const keys = Object.keys(v.workingKeys).map((name) => {
    const [usage, type] = name.split('.') as [KeyUsage, KeyType]
    return [name, toHex(working(usage, type))]
  })
  return {
    derivationKey: toHex(key),
    workingKeys: Object.fromEntries(keys),
    ...(v.pinFormat4 && { pinFormat4: enciphered(v.pinFormat4, working('pinEncryption', 'AES128')) }),
    ...(v.transaction && { transaction: transaction(v.transaction.text, working) }),
  }
}

function enciphered(v: Vector, key: Uint8Array): Record<string, unknown> {
  const random = () => fromHex(v.pinField).slice(8)
  const block = encipherPin({ format: 4, key, pan: v.pan }, v.pin, random)
  return { ...v, encryptedPinBlock: toHex(block) }
}

function transaction(text: string, working: (usage: KeyUsage, type: KeyType) => Uint8Array): unknown {
  const bytes = Buffer.from(text)
  const plain = concat(bytes, new Uint8Array(32 - bytes.length))
  const hmac = (key: Uint8Array) => createHmac('sha256', key).update(bytes).digest('hex').toUpperCase()
  const [request, response] = [working('macGeneration', 'HMAC128'), working('macVerification', 'HMAC128')]
  return {
    text,
    cmacRequest: toHex(aesCmac(working('macGeneration', 'AES128'), bytes)),
    cmacResponse: toHex(aesCmac(working('macVerification', 'AES128'), bytes)),
    hmacKeyRequest: toHex(request),
    hmacKeyResponse: toHex(response),
    hmacSha256Request: hmac(request),
    hmacSha256Response: hmac(response),
    dataRequestCbc: toHex(encryptAesCbc(working('dataEncrypt', 'AES128'), plain)),
    dataResponseCbc: toHex(encryptAesCbc(working('dataDecrypt', 'AES128'), plain)),
  }
}

function ksnRule(scheme: DukptScheme): Runner {
  return (v) => {
    const { counter } = initialKsn(scheme, v.startKsn)
    const { counterBits, maxOnes } = scheme
    return { counterBits, maxSetBits: maxOnes, usableTransactions: transactionsLeft(scheme, counter) }
  }
}

function derivationKey(v: Vector): Uint8Array {
  return transactionKey(fromHex(v.initialKey), ksn(AES_DUKPT, v.ksn))
}

function ksn(scheme: DukptScheme, hex: string): Ksn {
  const reading = readKsn(scheme, fromHex(hex))
  return reading.ok ? reading.ksn : assert.fail(reading.reason)
}

function initialKsn(scheme: DukptScheme, hex: string): Ksn {
  const reading = readInitialKsn(scheme, fromHex(hex))
  return reading.ok ? reading.ksn : assert.fail(reading.reason)
}
