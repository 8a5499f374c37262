import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { createDecipheriv, createPrivateKey, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { cmac } from '@noble/ciphers/aes.js'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { aesCryptogram, ecdsaCryptogram } from '../../protocols/interledger/cryptogram.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { aesCmac } from '../../protocols/mac/cmac.ts'
import { HsmError, type HsmFault } from './error.ts'
import { type FloorWork, measureFloor } from './floor.ts'
import { type Hsm, openHsm, type VerifyArqc } from './hsm.ts'
import { MemoryKeyStore } from './keys/key-store.ts'
import { seenIn } from './test-support/seen-in.ts'
import { createPrivateToken, type Token } from './token.ts'

interface Vector {
  id: string
  kind: string
  cmacKey: string
  publicKeyPem: string
  cdol1Data: string
  cryptogram: string
}

const VECTORS: Vector[] = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../fixtures/vectors/ilf-testnet.json'), 'utf8'),
).vectors
const AES = VECTORS.filter(({ kind }) => kind === 'aes-cmac')
const ECDSA = VECTORS.filter(({ kind }) => kind === 'ecdsa-p256')
const TRANSPORT_KEY = fromHex('000102030405060708090A0B0C0D0E0F')
const DATA = fromHex(AES[0]?.cdol1Data ?? '')
/** RFC 5649, 3: the alternative initial value of AES Key Wrap with Padding. */
const WRAP_PAD_IV = fromHex('A65959A6')

function arqc(key: string, cid: number, data: Uint8Array, cryptogram: Uint8Array): VerifyArqc {
  return { scheme: 'interledger', key, cid, data, cryptogram }
}

function unwrap(wrapped: Uint8Array): Buffer {
  const decipher = createDecipheriv('id-aes128-wrap-pad', TRANSPORT_KEY, WRAP_PAD_IV)
  return Buffer.concat([decipher.update(wrapped), decipher.final()])
}

function privateKey(pkcs8: Buffer): KeyObject {
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes)
  const index = bit >> 3
  copy[index] = (copy[index] ?? 0) ^ (1 << (bit & 7))
  return copy
}

async function assertFault(promise: Promise<unknown>, code: HsmFault, message = /expected .*, got .*: ./) {
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof HsmError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.message, message)
    return true
  })
}

function onlyPid(hsm: Hsm): number {
  const [pid, ...others] = hsm.pids
  assert.ok(pid !== undefined && others.length === 0)
  return pid
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

describe('Hsm', () => {
  let directory: string
  let token: Token
  let hsm: Hsm
  const keys = new MemoryKeyStore()
  const journal = new MemoryJournal(() => performance.now() * 1000)

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tapbench-hsm-'))
    token = await createPrivateToken({ directory })
    hsm = await openHsm({ token, journal, keys })
    await hsm.interledger.importTransportKey('transport', TRANSPORT_KEY)
    for (const { id, cmacKey } of AES)
      await hsm.interledger.importCardKey({ label: id, algorithm: 'aes-128', value: fromHex(cmacKey) })
    for (const { id, publicKeyPem } of ECDSA)
      await hsm.interledger.importCardKey({ label: id, algorithm: 'ec-p256', publicKey: publicKeyPem })
  })
  after(async () => {
    await hsm.close()
    await token.close()
    await rm(directory, { recursive: true, force: true })
  })

  describe('verifyArqc with published keys', () => {
    const cases = [
      ...AES.map((vector) => ({ ...vector, cid: 0x80 })),
      ...ECDSA.map((vector) => ({ ...vector, cid: 0xc1 })),
    ]
    it('has vectors of both kinds', () => assert.ok(AES.length >= 9 && ECDSA.length >= 6))
    for (const { id, cid, cdol1Data, cryptogram } of cases) {
      it(`${id}: the cryptogram is the card's, with any bit changed it is not`, async () => {
        const data = fromHex(cdol1Data)
        const mac = fromHex(cryptogram)
        assert.equal(await hsm.interledger.verifyArqc(arqc(id, cid, data, mac)), true)
        for (const bit of [0, 15, 16, 600, 8 * 149 - 1])
          assert.equal(await hsm.interledger.verifyArqc(arqc(id, cid, flipped(data, bit), mac)), false)
        for (const bit of [0, 7, 40, 63])
          assert.equal(await hsm.interledger.verifyArqc(arqc(id, cid, data, flipped(mac, bit))), false)
      })
    }
    it('a cryptogram of another card is not this one’s', async () => {
      const [one] = AES
      const other = AES.find(({ cmacKey }) => cmacKey !== one?.cmacKey)
      assert.ok(one && other)
      assert.equal(
        await hsm.interledger.verifyArqc(
          arqc(other.id, 0x80, fromHex(one.cdol1Data), fromHex(one.cryptogram)),
        ),
        false,
      )
    })
    const malformed = [
      ['zeros', ''],
      ['no DER', 'FF'.repeat(72)],
      ['r and s of zero', '3006020100020100'],
      ['r of the order', `3026022100FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551020101`],
    ] as const
    for (const [name, hex] of malformed) {
      it(`a signature of ${name} is false, and the signer goes on`, async () => {
        const [vector] = ECDSA
        assert.ok(vector)
        const data = fromHex(vector.cdol1Data)
        const signature = fromHex(hex.padEnd(144, '0'))
        assert.equal(await hsm.interledger.verifyArqc(arqc(vector.id, 0xc1, data, signature)), false)
        assert.equal(
          await hsm.interledger.verifyArqc(arqc(vector.id, 0xc1, data, fromHex(vector.cryptogram))),
          true,
        )
      })
    }
  })

  describe('generateCardKey', () => {
    it('AES: what was wrapped makes cryptograms that the token takes', async () => {
      const { wrapped, kcv, publicKey } = await hsm.interledger.generateCardKey({
        label: 'card-aes',
        algorithm: 'aes-128',
        transportKey: 'transport',
      })
      const key = unwrap(wrapped)
      assert.equal(key.length, 16)
      assert.equal(publicKey, null)
      const mac = aesCryptogram(key, DATA)
      assert.equal(await hsm.interledger.verifyArqc(arqc('card-aes', 0x80, DATA, mac)), true)
      for (let bit = 0; bit < 64; bit++)
        assert.equal(await hsm.interledger.verifyArqc(arqc('card-aes', 0x80, DATA, flipped(mac, bit))), false)
      assert.equal(kcv, toHex(cmac(new Uint8Array(16), key)).slice(0, 6))
      const again = await hsm.interledger.importCardKey({
        label: 'card-aes again',
        algorithm: 'aes-128',
        value: key,
      })
      assert.equal(again.kcv, kcv)
    })

    it('P-256: what was wrapped is the private key of the public one', async () => {
      const { wrapped, kcv, publicKey } = await hsm.interledger.generateCardKey({
        label: 'card-p256',
        algorithm: 'ec-p256',
        transportKey: 'transport',
      })
      const key = privateKey(unwrap(wrapped))
      assert.equal(kcv, null)
      assert.match(publicKey ?? '', /^-----BEGIN PUBLIC KEY-----/)
      const signature = ecdsaCryptogram(key, DATA)
      assert.equal(await hsm.interledger.verifyArqc(arqc('card-p256', 0xc1, DATA, signature)), true)
      assert.equal(
        await hsm.interledger.verifyArqc(arqc('card-p256', 0xc1, flipped(DATA, 9), signature)),
        false,
      )
      await hsm.interledger.importCardKey({
        label: 'card-p256 again',
        algorithm: 'ec-p256',
        publicKey: publicKey ?? '',
      })
      assert.equal(await hsm.interledger.verifyArqc(arqc('card-p256 again', 0xc1, DATA, signature)), true)
    })

    it('a key is made once, also when it is asked for twice at the same moment', async () => {
      const request = { label: 'twin', algorithm: 'aes-128', transportKey: 'transport' } as const
      const twins = await Promise.allSettled([
        hsm.interledger.generateCardKey(request),
        hsm.interledger.generateCardKey(request),
      ])
      assert.deepEqual(twins.map(({ status }) => status).sort(), ['fulfilled', 'rejected'])
      await assertFault(hsm.interledger.generateCardKey(request), 'KEY_EXISTS', /"twin"/)
      await assertFault(
        hsm.interledger.importCardKey({ label: 'twin', algorithm: 'aes-128', value: TRANSPORT_KEY }),
        'KEY_EXISTS',
      )
    })

    it('what stays in the token are the master keys, unreadable', async () => {
      const seen = await seenIn(token)
      const labels = seen.map(({ label }) => label)
      assert.deepEqual(labels.sort(), ['tapbench seal key', 'tapbench storage key'])
      for (const { label, sensitive, extractable, value, wrapped, deciphered } of seen) {
        assert.deepEqual({ sensitive, extractable }, { sensitive: true, extractable: false }, label)
        assert.equal(value, 'CKR_ATTRIBUTE_SENSITIVE', label)
        for (const attempt of [wrapped, deciphered]) assert.match(attempt, /^CKR_KEY_/, label)
      }
    })
  })

  describe('errors', () => {
    const MAC = new Uint8Array(8)
    const SIGNATURE = new Uint8Array(72)
    const table: { name: string; call: () => Promise<unknown>; code: HsmFault; message: RegExp }[] = [
      {
        name: 'no such key',
        call: () => hsm.interledger.verifyArqc(arqc('nobody', 0x80, DATA, MAC)),
        code: 'KEY_NOT_FOUND',
        message: /"nobody"/,
      },
      {
        name: 'no such transport key',
        call: () =>
          hsm.interledger.generateCardKey({ label: 'x', algorithm: 'aes-128', transportKey: 'nobody' }),
        code: 'KEY_NOT_FOUND',
        message: /"nobody"/,
      },
      {
        name: 'CID 80 with a P-256 key',
        call: () => hsm.interledger.verifyArqc(arqc('ec-1', 0x80, DATA, MAC)),
        code: 'KEY_WRONG_TYPE',
        message: /"ec-1"/,
      },
      {
        name: 'CID C1 with an AES key',
        call: () =>
          hsm.interledger.verifyArqc(arqc('aes-1', 0xc1, DATA, fromHex(ECDSA[0]?.cryptogram ?? ''))),
        code: 'KEY_WRONG_TYPE',
        message: /"aes-1"/,
      },
      {
        name: 'a check with the transport key',
        call: () => hsm.interledger.verifyArqc(arqc('transport', 0x80, DATA, MAC)),
        code: 'KEY_WRONG_USAGE',
        message: /"transport" to verify cryptograms, got one of usage "card transport"/,
      },
      {
        name: 'wrapping under a card key',
        call: () =>
          hsm.interledger.generateCardKey({ label: 'x', algorithm: 'aes-128', transportKey: 'aes-1' }),
        code: 'KEY_WRONG_USAGE',
        message: /"aes-1" to wrap card keys/,
      },
      {
        name: 'another scheme',
        call: () =>
          hsm.interledger.verifyArqc({ ...arqc('aes-1', 0x80, DATA, MAC), scheme: 'visa' as 'interledger' }),
        code: 'UNSUPPORTED_SCHEME',
        message: /visa/,
      },
      {
        name: 'another CID',
        call: () => hsm.interledger.verifyArqc(arqc('aes-1', 0x40, DATA, MAC)),
        code: 'UNSUPPORTED_SCHEME',
        message: /CID 64/,
      },
      ...[0, 148, 150, 100_000].map((length) => ({
        name: `CDOL1 data of ${length} bytes`,
        call: () => hsm.interledger.verifyArqc(arqc('aes-1', 0x80, new Uint8Array(length), MAC)),
        code: 'INVALID_INPUT_DATA' as const,
        message: new RegExp(`CDOL1 data of 149 bytes, got ${length}`),
      })),
      {
        name: 'an AES cryptogram of 72 bytes',
        call: () => hsm.interledger.verifyArqc(arqc('aes-1', 0x80, DATA, SIGNATURE)),
        code: 'INVALID_INPUT_DATA',
        message: /of 8 bytes, got 72/,
      },
      {
        name: 'an empty label',
        call: () => hsm.interledger.verifyArqc(arqc('', 0x80, DATA, MAC)),
        code: 'INVALID_INPUT_DATA',
        message: /label/,
      },
      {
        name: 'a transport key of 32 bytes',
        call: () => hsm.interledger.importTransportKey('x', new Uint8Array(32)),
        code: 'INVALID_INPUT_DATA',
        message: /of 16 bytes, got 32/,
      },
      {
        name: 'a public key that is none',
        call: () => hsm.interledger.importCardKey({ label: 'x', algorithm: 'ec-p256', publicKey: 'PEM' }),
        code: 'INVALID_INPUT_DATA',
        message: /P-256 public key in PEM/,
      },
    ]
    for (const { name, call, code, message } of table) {
      it(`${name}: ${code}`, () => assertFault(call(), code, message))
    }
    it('a refused request in a batch leaves its neighbours alone', async () => {
      const [vector] = AES
      assert.ok(vector)
      const good = arqc(vector.id, 0x80, fromHex(vector.cdol1Data), fromHex(vector.cryptogram))
      const batch = Array.from({ length: 60 }, (_, i) =>
        hsm.interledger.verifyArqc(i % 3 === 0 ? { ...good, key: 'nobody' } : good),
      )
      const results = await Promise.allSettled(batch)
      assert.deepEqual(
        results.map(({ status }) => status),
        results.map((_, i) => (i % 3 === 0 ? 'rejected' : 'fulfilled')),
      )
    })
  })

  describe('journal', () => {
    it('has every operation with mechanism, label, place, duration and result', async () => {
      const first = journal.entries.length
      await hsm.interledger.verifyArqc(arqc('aes-1', 0x80, DATA, new Uint8Array(8)))
      await assertFault(
        hsm.interledger.verifyArqc(arqc('nobody', 0xc1, DATA, fromHex(ECDSA[0]?.cryptogram ?? ''))),
        'KEY_NOT_FOUND',
      )
      const [checked, missed] = journal.entries.slice(first)
      assert.ok(checked?.kind === 'hsm' && checked.us > 0)
      const { at: _, us: __, ...facts } = checked
      assert.deepEqual(facts, {
        kind: 'hsm',
        operation: 'VerifyArqc',
        mechanism: 'CKM_AES_ECB, CKM_AES_CBC_ENCRYPT_DATA, CKM_AES_CMAC',
        key: 'aes-1',
        where: 'in token',
        token: 'tapbench',
        result: 'no match',
      })
      assert.ok(missed?.kind === 'hsm' && missed.result === 'KEY_NOT_FOUND')
      const imported = journal.entries.find((entry) => entry.kind === 'hsm' && entry.key === 'transport')
      assert.ok(imported?.kind === 'hsm' && imported.where === 'clear in signer')
    })

    it('holds no key, cryptogram or PIN', () => {
      const text = JSON.stringify(journal.entries).toUpperCase()
      const secrets = [toHex(TRANSPORT_KEY), token.pin, ...AES.flatMap((v) => [v.cmacKey, v.cryptogram])]
      for (const secret of secrets) {
        assert.ok(!text.includes(secret.toUpperCase()))
        assert.ok(!text.includes(Buffer.from(secret, 'hex').toString('base64').toUpperCase()))
      }
      assert.ok(!text.includes('TYPE":"BUFFER') && !text.includes('"0":'))
    })
  })

  describe('signers', () => {
    const good = (id: string) => {
      const vector = AES.find((candidate) => candidate.id === id)
      return arqc(id, 0x80, fromHex(vector?.cdol1Data ?? ''), fromHex(vector?.cryptogram ?? ''))
    }

    it('one that dies is replaced, and what it left undone is done by the next', async () => {
      const own = await openHsm({ token, keys, signers: 1, journal: silentJournal })
      const pid = onlyPid(own)
      process.kill(pid, 'SIGSTOP')
      const asked = Array.from({ length: 5 }, () => own.interledger.verifyArqc(good('aes-1')))
      await setImmediate()
      process.kill(pid, 'SIGKILL')
      assert.deepEqual(await Promise.all(asked), [true, true, true, true, true])
      const replacement = onlyPid(own)
      assert.notEqual(replacement, pid)
      await own.close()
      assert.deepEqual([pid, replacement].map(isRunning), [false, false])
    })

    it('one that is silent is given up after its time', async () => {
      const clock = new ManualClock()
      const own = await openHsm({ token, keys, signers: 1, journal: silentJournal, clock })
      process.kill(onlyPid(own), 'SIGSTOP')
      const failure = assertFault(
        own.generateKey({ label: 'never', usage: 'data', algorithm: 'aes-128' }),
        'SIGNER_GONE',
        /none within 10000 ms/,
      )
      await setImmediate()
      clock.advance(10_000)
      await failure
      assert.equal(await own.interledger.verifyArqc(good('aes-1')), true)
      await own.close()
      assert.equal(clock.pending, 0)
    })

    it('whose token has gone cannot be replaced, and says so', async () => {
      const lost = await createPrivateToken({ directory })
      const own = await openHsm({ token: lost, keys, signers: 2, journal: silentJournal })
      await lost.close()
      for (const pid of own.pids) process.kill(pid, 'SIGKILL')
      const failures = Array.from({ length: 4 }, () => own.interledger.verifyArqc(good('aes-1')))
      for (const result of await Promise.allSettled(failures)) {
        assert.ok(result.status === 'rejected' && result.reason instanceof HsmError)
        assert.ok(['SIGNER_GONE', 'MODULE_FAILED'].includes(result.reason.code), result.reason.message)
      }
      await assertFault(own.interledger.verifyArqc(good('aes-1')), 'MODULE_FAILED')
      await own.close()
    })

    it('end when their client dies, which closes the channel', async () => {
      const orphan = fork(join(import.meta.dirname, 'signer/main.ts'), [])
      await once(orphan, 'spawn')
      orphan.disconnect()
      const [code] = await once(orphan, 'exit')
      assert.equal(code, 0)
    })

    it('of two HSMs on one token see the same keys and nothing of each other', async () => {
      const other = await openHsm({ token, keys, journal: silentJournal })
      await other.interledger.generateCardKey({
        label: 'from the other',
        algorithm: 'aes-128',
        transportKey: 'transport',
      })
      await assertFault(
        hsm.interledger.generateCardKey({
          label: 'from the other',
          algorithm: 'aes-128',
          transportKey: 'transport',
        }),
        'KEY_EXISTS',
      )
      const both = [hsm, other, hsm, other].map((one) => one.interledger.verifyArqc(good('aes-2')))
      assert.deepEqual(await Promise.all(both), [true, true, true, true])
      await other.close()
      assert.equal(await hsm.interledger.verifyArqc(good('aes-2')), true)
    })

    it('on two tokens keep their keys apart', async () => {
      const second = await createPrivateToken({ directory })
      const other = await openHsm({ token: second, keys, signers: 1, journal: silentJournal })
      await assertFault(other.interledger.verifyArqc(good('aes-1')), 'BLOB_OF_ANOTHER_TOKEN')
      await other.close()
      await second.close()
    })

    it('close lets what is under way end, refuses what waits and what comes later', async () => {
      const own = await openHsm({ token, keys, signers: 2, journal: silentJournal })
      const pids = own.pids
      assert.equal(pids.length, 2)
      const asked = Array.from({ length: 300 }, () => own.interledger.verifyArqc(good('aes-1')))
      const [results] = await Promise.all([Promise.allSettled(asked), own.close()])
      for (const result of results)
        assert.ok(result.status === 'fulfilled' ? result.value : result.reason.code === 'HSM_CLOSED')
      await assertFault(own.interledger.verifyArqc(good('aes-1')), 'HSM_CLOSED')
      await own.close()
      assert.deepEqual(pids.map(isRunning), [false, false])
    })

    it('work through many requests of many keys, each answer to its own request', async () => {
      const requests = Array.from({ length: 400 }, (_, i) => {
        const request = good(AES[i % AES.length]?.id ?? '')
        return i % 7 === 0 ? { ...request, cryptogram: flipped(request.cryptogram, i % 64) } : request
      })
      const answers = await Promise.all(requests.map((request) => hsm.interledger.verifyArqc(request)))
      assert.deepEqual(
        answers,
        requests.map((_, i) => i % 7 !== 0),
      )
    })
  })

  describe('measureFloor', () => {
    const key = fromHex(AES[0]?.cmacKey ?? '')
    const measure = (...work: FloorWork) =>
      measureFloor({ token, work, rounds: 50, cacheDirectory: join(directory, 'cache') })
    const message = DATA.subarray(0, 64)
    const works: readonly FloorWork[] = [
      ['arqc', key, DATA, fromHex(AES[0]?.cryptogram ?? '')],
      ['cmac', key, message, aesCmac(key, message)],
      ['ecdsa', DATA.subarray(0, 32)],
    ]
    for (const work of works)
      it(`does ${work[0]} in C and says how often a second`, async () => {
        const floor = await measure(...work)
        assert.equal(floor.rounds, 50)
        assert.ok(floor.opsPerSecond > 0 && floor.medianUs > 0 && floor.processorUs > 0)
      })
    it('checks indeed', async () => {
      await assertFault(
        measure('arqc', key, DATA, new Uint8Array(8)),
        'MODULE_FAILED',
        /the card's cryptogram/,
      )
      await assertFault(measure('cmac', key, message, new Uint8Array(16)), 'MODULE_FAILED', /the MAC of/)
      await assertFault(measure('arqc', DATA, DATA, DATA), 'MODULE_FAILED', /hex of the right length/)
    })
  })
})
