import assert from 'node:assert/strict'
import { createDecipheriv, verify } from 'node:crypto'
import { describe, test } from 'node:test'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { AES_DUKPT, aesWorkingKey } from '../../../protocols/dukpt/aes.ts'
import { transactionKey } from '../../../protocols/dukpt/host.ts'
import { readKsn } from '../../../protocols/dukpt/ksn.ts'
import { aesKcv, tdesKcv } from '../../../protocols/mac/kcv.ts'
import { decipherPin } from '../../../protocols/pin/encipher.ts'
import { testRoot } from '../../../protocols/x509/testing/authority.ts'
import { testKeys } from '../../common/testing/test-keys.ts'
import { seeded, TEST_SECRETS, testDevice, testMaker, testManufacturer } from '../testing/factory.ts'
import { DEVICE_KEYS, Device } from './device.ts'
import type { KeySet } from './key-set.ts'
import { KeyStore } from './key-store.ts'
import { manufacture } from './manufacture.ts'
import { seal, unseal } from './sealed.ts'
import { type Enciphered, WhiteBox } from './white-box.ts'

// The initial key and identifier of X9.24-3's examples.
const KEY = '1273671EA26AC29AFA4D1084127652A1'
const ID = fromHex('1234567890123456')
const PAN = '4111111111111111'

const root = (await testRoot(testKeys('root'))).certificate
const manufacturer = await testManufacturer()
const box = (): WhiteBox => new WhiteBox(TEST_SECRETS.tmk, seeded('box'))

function workingKey(
  { ksn }: Enciphered,
  usage: 'pinEncryption' | 'dataEncrypt',
  type: 'AES128' | 'TDES2' = 'AES128',
): Uint8Array {
  const read = readKsn(AES_DUKPT, ksn)
  if (!read.ok) return assert.fail(read.reason)
  return aesWorkingKey(transactionKey(fromHex(KEY), read.ksn), read.ksn, usage, type)
}

describe('WhiteBox', () => {
  test('takes a key, tells its check value, and leaves nothing of it with the caller', () => {
    const key = fromHex(KEY)
    const { handle, kcv } = box().load(key, ID)
    assert.equal(toHex(kcv), toHex(aesKcv(fromHex(KEY))))
    assert.deepEqual(key, new Uint8Array(16))
    assert.match(handle, /^[0-9A-F]{16}$/)
  })

  test('enciphers a PIN that the host reads, each under a key of its own', () => {
    const whiteBox = box()
    const { handle } = whiteBox.load(fromHex(KEY), ID)
    const seen = new Set<string>()
    for (let count = 1; count <= 5; count++) {
      const sent = whiteBox.encipherPin(handle, '1234', PAN) ?? assert.fail('exhausted')
      assert.equal(toHex(sent.ksn), `${toHex(ID)}0000000${count}`)
      const key = workingKey(sent, 'pinEncryption')
      assert.deepEqual(decipherPin({ format: 4, key, pan: PAN }, sent.data), { ok: true, pin: '1234' })
      assert.notDeepEqual(decipherPin({ format: 4, key, pan: '4222222222222220' }, sent.data), {
        ok: true,
        pin: '1234',
      })
      seen.add(toHex(key))
    }
    assert.equal(seen.size, 5)
  })

  test('enciphers a PIN with triple DES for hosts that have no AES', () => {
    const whiteBox = box()
    const { handle } = whiteBox.load(fromHex(KEY), ID)
    const sent = whiteBox.encipherPin(handle, '1234', PAN, 0) ?? assert.fail('exhausted')
    const key = workingKey(sent, 'pinEncryption', 'TDES2')
    assert.deepEqual(decipherPin({ format: 0, key, pan: PAN }, sent.data), { ok: true, pin: '1234' })
  })

  test('with a key of TDES DUKPT, the PIN block of X9.24-1:2009, A.4', () => {
    const whiteBox = box()
    const key = fromHex('6AC292FAA1315B4D858AB3A3D7D5933A')
    const { handle, kcv } = whiteBox.load(key, fromHex('FFFF9876543210E0'), 'TDES')
    assert.equal(toHex(kcv), toHex(tdesKcv(fromHex('6AC292FAA1315B4D858AB3A3D7D5933A'))))
    const sent = whiteBox.encipherPin(handle, '1234', '4012345678909', 0) ?? assert.fail('exhausted')
    assert.equal(toHex(sent.ksn), 'FFFF9876543210E00001')
    assert.equal(toHex(sent.data), '1B9C1845EB993A7A')
    assert.throws(() => whiteBox.encipherPin(handle, '1234', PAN, 4), /format 0 with a key of TDES DUKPT/)
    const data = whiteBox.encipherData(handle, Buffer.from('track data')) ?? assert.fail('exhausted')
    assert.equal(toHex(data.ksn).slice(-4), '0003', 'a key is spent whatever comes of it')
  })

  test('enciphers account data that the host reads', () => {
    const whiteBox = box()
    const { handle } = whiteBox.load(fromHex(KEY), ID)
    const sent = whiteBox.encipherData(handle, Buffer.from('track data')) ?? assert.fail('exhausted')
    const cipher = createDecipheriv('aes-128-cbc', workingKey(sent, 'dataEncrypt'), sent.data.subarray(0, 16))
    assert.equal(
      cipher.update(sent.data.subarray(16), undefined, 'utf8') + cipher.final('utf8'),
      'track data',
    )
  })

  test('goes on where it was saved, and the file holds no key', () => {
    const first = box()
    const { handle } = first.load(fromHex(KEY), ID)
    first.encipherPin(handle, '1234', PAN)
    const saved = JSON.parse(JSON.stringify(first.save()))
    const second = new WhiteBox(TEST_SECRETS.tmk, seeded('again'), saved)
    assert.equal(toHex(second.encipherPin(handle, '1234', PAN)?.ksn ?? ID), `${toHex(ID)}00000002`)
    const text = JSON.stringify(saved).toUpperCase()
    for (const secret of [KEY, toHex(TEST_SECRETS.tmk), toHex(aesKcv(fromHex(KEY), 16))])
      assert.ok(!text.includes(secret))
  })

  test('opens under its own master key alone, and unchanged', () => {
    const whiteBox = box()
    const { handle } = whiteBox.load(fromHex(KEY), ID)
    const saved = whiteBox.save()
    const other = new WhiteBox(new Uint8Array(32).fill(9), seeded('x'), saved)
    assert.throws(() => other.encipherPin(handle, '1234', PAN), /as this device sealed it/)
    const sealed = saved.keys[handle] ?? ''
    const changed = {
      tampered: false,
      keys: { [handle]: sealed.slice(0, -1) + (sealed.endsWith('0') ? '1' : '0') },
    }
    assert.throws(
      () => new WhiteBox(TEST_SECRETS.tmk, seeded('x'), changed).encipherPin(handle, '1', PAN),
      /sealed/,
    )
    const moved = { tampered: false, keys: { OTHER: sealed } }
    assert.throws(
      () => new WhiteBox(TEST_SECRETS.tmk, seeded('x'), moved).encipherPin('OTHER', '1', PAN),
      /sealed/,
    )
  })

  test('zeroises itself when it is tampered with, also in its file', () => {
    const whiteBox = box()
    const { handle } = whiteBox.load(fromHex(KEY), ID)
    whiteBox.tamper()
    assert.throws(() => whiteBox.encipherPin(handle, '1234', PAN), /tampered with: replace the device/)
    assert.throws(() => whiteBox.load(fromHex(KEY), ID), /tampered/)
    assert.deepEqual(whiteBox.save(), { tampered: true, keys: {} })
    assert.equal(new WhiteBox(TEST_SECRETS.tmk, seeded('x'), whiteBox.save()).tampered, true)
  })

  test('a discarded key is gone', () => {
    const whiteBox = box()
    const { handle } = whiteBox.load(fromHex(KEY), ID)
    whiteBox.discard(handle)
    assert.throws(() => whiteBox.encipherPin(handle, '1234', PAN), /expected the handle of a key/)
  })
})

describe('keystore', () => {
  for (const kind of ['Ed25519', 'P-256', 'RSA'] as const)
    test(`signs, also when it was put away: ${kind}`, async () => {
      const store = new KeyStore(TEST_SECRETS.storageKey, seeded('k'), testMaker('device-1'))
      const publicKey = store.generate('signing', kind)
      const again = new KeyStore(TEST_SECRETS.storageKey, seeded('l'), undefined, store.save())
      const signature = await again.sign('signing', Buffer.from('data'))
      assert.ok(verify(kind === 'Ed25519' ? null : 'sha256', Buffer.from('data'), publicKey, signature))
    })

  test('opens under its own storage key alone', () => {
    const store = new KeyStore(TEST_SECRETS.storageKey, seeded('k'))
    store.generate('signing', 'Ed25519')
    assert.throws(() => new KeyStore(TEST_SECRETS.tmk, seeded('l'), undefined, store.save()), /sealed it/)
    assert.throws(() => store.publicKey('receiving'), /a key named "receiving"/)
  })
})

test('what is sealed is opened', () => {
  const sealed = seal(TEST_SECRETS.tmk, 'name', fromHex('0102'), seeded('s'))
  assert.equal(toHex(unseal(TEST_SECRETS.tmk, 'name', sealed)), '0102')
})

describe('device', () => {
  function keySet(device: Device, generation: number): KeySet {
    const load = (id: string) => {
      const { handle, kcv } = device.parts.whiteBox.load(fromHex(KEY), fromHex(id))
      return { handle, id, kcv: toHex(kcv) }
    }
    return {
      generation,
      dukpt: 'AES',
      keys: { PIN: load(`000000010000000${generation}`), SRED: load(`000000020000000${generation}`) },
    }
  }
  const handles = (device: Device) => Object.keys(device.parts.whiteBox.save().keys).length

  test('is made with a serial number, a model and a key that its manufacturer certified', async () => {
    const { parts } = await testDevice('A-0001', manufacturer, root)
    assert.match(parts.attestation.subject, /OU=TB-1\nCN=TB-1 A-0001\nserialNumber=A-0001/)
    assert.ok(parts.attestation.verify(manufacturer.certificate.publicKey))
    assert.ok(parts.attestation.publicKey.equals(parts.keyStore.publicKey(DEVICE_KEYS.attestation)))
  })

  test('a master key of another length is refused', async () => {
    const secrets = { ...TEST_SECRETS, tmk: new Uint8Array(16) }
    const times = { notBefore: new Date(0), notAfter: new Date(1) }
    const order = { serial: 'A', model: 'B', secrets, manufacturer, root, ...times, random: seeded('m') }
    await assert.rejects(manufacture(order), /tmk of 32 bytes, got 16/)
  })

  test('has one working key set, and new ones beside it until they are confirmed', async () => {
    const device = await testDevice('A-0001', manufacturer, root)
    device.stage(keySet(device, 1))
    assert.deepEqual([device.current, device.staged?.generation], [null, 1])
    device.activate()
    device.stage(keySet(device, 2))
    assert.deepEqual([device.current?.generation, device.staged?.generation, handles(device)], [1, 2, 4])
    device.stage(keySet(device, 3))
    assert.equal(handles(device), 4)
    device.activate()
    assert.deepEqual([device.current?.generation, device.staged, handles(device)], [3, null, 2])
    assert.ok(device.knows('0000000100000002'))
    assert.throws(() => device.activate(), /expected staged keys/)
  })

  test('is the same from its file, in which no key is readable', async () => {
    const device = await testDevice('A-0001', manufacturer, root)
    device.stage(keySet(device, 1))
    device.activate()
    const file = JSON.parse(JSON.stringify(device.save()))
    const again = Device.restore(file, TEST_SECRETS, seeded('again'))
    assert.deepEqual(again.current, device.current)
    assert.ok(again.knows('0000000100000001'))
    const { handle } = again.current?.keys.PIN ?? assert.fail()
    assert.ok(again.parts.whiteBox.encipherPin(handle, '1234', PAN))
    assert.ok(!JSON.stringify(file).includes(KEY))
    assert.throws(
      () => Device.restore(file, { ...TEST_SECRETS, storageKey: TEST_SECRETS.tmk }, seeded('x')),
      /sealed/,
    )
  })

  test('forgets everything when it is tampered with', async () => {
    const device = await testDevice('A-0001', manufacturer, root)
    device.stage(keySet(device, 1))
    device.activate()
    device.tamper()
    assert.deepEqual([device.current, handles(device), device.save().keyStore], [null, 0, {}])
    assert.equal(Device.restore(device.save(), TEST_SECRETS, seeded('x')).parts.whiteBox.tampered, true)
  })
})
