import assert from 'node:assert/strict'
import { constants, createCipheriv, createHash, createPublicKey, randomBytes, verify } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import { cardValue } from '../../../protocols/cvv/card-values.ts'
import { AES_DUKPT, aesWorkingKey } from '../../../protocols/dukpt/aes.ts'
import { hostTransactionKey } from '../../../protocols/dukpt/host.ts'
import { ksnBytes } from '../../../protocols/dukpt/ksn.ts'
import { TDES_DUKPT } from '../../../protocols/dukpt/tdes.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import { unwrapKey } from '../../../protocols/keyblock/tr31/key-block.ts'
import { aesKcv, tdesKcv } from '../../../protocols/mac/kcv.ts'
import { placements } from '../capabilities/placement.ts'
import { shareMasters } from '../group/ceremony.ts'
import { type Hsm, openHsm } from '../hsm.ts'
import { MemoryKeyStore } from '../keys/key-store.ts'
import { alterations } from '../test-support/alterations.ts'
import { fault } from '../test-support/fault.ts'
import type { SeenKey } from '../test-support/inspect-token.ts'
import { opencryptokiLacking, PrivateOpencryptoki } from '../test-support/private-opencryptoki.ts'
import { seenIn } from '../test-support/seen-in.ts'
import { randomKey, SOFTWARE_TWINS } from '../test-support/software-twins.ts'
import { createPrivateToken } from '../token.ts'

const skip = opencryptokiLacking() ?? false
const random = (length: number) => new Uint8Array(randomBytes(length))
const IN_SIGNER = ['aes-cmac with aes-256', 'tdes-cmac with tdes-2']

describe('opencryptoki as a third provider', { skip }, () => {
  let token: PrivateOpencryptoki
  let hsm: Hsm
  /** Has every key out of its blob. */
  let later: Hsm
  const keys = new MemoryKeyStore()
  const journal = new MemoryJournal(() => 0)
  const open = (clearAllowed = true) => openHsm({ token, keys, signers: 1, journal, clearAllowed })
  before(async () => {
    token = await PrivateOpencryptoki.open()
    hsm = await open()
    later = await open()
  })
  after(async () => {
    await hsm?.close()
    await later?.close()
    await token?.close()
  })

  const lastPlace = () => {
    const last = journal.entries.at(-1)
    return last?.kind === 'hsm' ? last.where : null
  }

  it('seals by CBC, and lacks curves, derivation, CMAC and two-key TDES', () => {
    const { capabilities } = hsm
    const missing = Object.entries(capabilities).filter(([, mechanism]) => mechanism === null)
    assert.deepEqual(missing.map(([feature]) => feature).sort(), [
      'aes-cbc-derive',
      'aes-cmac',
      'aes-ecb-derive',
      'ec-p256',
      'ec-secp256k1',
      'ed25519',
      'key-wrap-pad',
      'tdes-2',
      'tdes-cmac',
      'tdes-ecb-derive',
    ])
    assert.equal(capabilities['key-wrap-cbc'], 'CKM_AES_CBC_PAD')
    const { 'GenerateKeyPair ec-p256': pair, 'Sign rsa pss': signature } = placements(capabilities, false)
    assert.deepEqual(pair, { where: 'not possible', missing: ['CKM_ECDSA'] })
    assert.equal(signature.where, 'in token')
  })

  it('shows its master keys to nobody', async () => {
    const seen = await seenIn(token)
    assert.deepEqual(seen.map(({ label }) => label).sort(), ['tapbench seal key', 'tapbench storage key'])
    for (const key of seen) assertClosed(key)
  })

  for (const { name, usage, algorithm, bytes, ask, compute } of SOFTWARE_TWINS)
    it(`${name}: as software has it, in the next signer too`, async () => {
      const value = randomKey(algorithm)
      await hsm.importKey({ label: name, usage, algorithm, value })
      for (const one of [hsm, later]) {
        const data = random(bytes)
        assert.equal(toHex(await ask(one, name, data)), toHex(compute(value, data)))
        assert.equal(lastPlace(), IN_SIGNER.includes(name) ? 'clear in signer' : 'in token')
      }
    })

  it('check values, also of keys of two-key TDES, which it holds as three-key TDES', async () => {
    for (const [algorithm, kcvOf] of [
      ['aes-192', aesKcv],
      ['tdes-2', tdesKcv],
      ['tdes-3', tdesKcv],
    ] as const) {
      const value = randomKey(algorithm)
      const label = `kcv ${algorithm}`
      const { kcv } = await hsm.importKey({ label, usage: 'data', algorithm, value })
      assert.equal(kcv, toHex(kcvOf(value, 3)).toUpperCase())
      assert.equal(await hsm.generateKcv(label), kcv)
    }
  })

  it('keys that it makes work in the next signer as in this one', async () => {
    for (const { name, usage, algorithm, bytes, ask } of SOFTWARE_TWINS) {
      const label = `made for ${name}`
      await hsm.generateKey({ label, usage, algorithm })
      assert.equal(keys.get(label)?.sealing, 'aes-cbc-pad')
      const data = random(bytes)
      assert.deepEqual(await ask(hsm, label, data), await ask(later, label, data), name)
    }
  })

  it('a signer that was killed is followed by one that has the same keys', async () => {
    const { name, bytes, ask } = SOFTWARE_TWINS.at(-1) ?? assert.fail('no twin')
    const data = random(bytes)
    const expected = await ask(hsm, name, data)
    const [pid = 0] = hsm.pids
    process.kill(pid, 'SIGKILL')
    assert.deepEqual(await ask(hsm, name, data), expected)
    assert.ok(!hsm.pids.includes(pid))
  })

  it('RSA pairs: signatures of either padding that Node verifies, from the next signer too', async () => {
    const { publicKey } = await hsm.generateKeyPair({ label: 'rsa', algorithm: 'rsa-2048' })
    const message = random(60)
    const data = createHash('sha256').update(message).digest()
    const key = { key: createPublicKey(publicKey), saltLength: constants.RSA_PSS_SALTLEN_DIGEST }
    for (const one of [hsm, later])
      for (const [name, padding] of [
        ['pkcs1', constants.RSA_PKCS1_PADDING],
        ['pss', constants.RSA_PKCS1_PSS_PADDING],
      ] as const) {
        const signature = await one.sign({ key: 'rsa', data, padding: name })
        assert.ok(verify('sha256', message, { ...key, padding }, signature), name)
        assert.equal(lastPlace(), 'in token')
      }
  })

  it('card values in the token', async () => {
    const value = randomKey('tdes-2')
    await hsm.importKey({ label: 'cvk', usage: 'card verification', algorithm: 'tdes-2', value })
    const data = { pan: '4012345678909', expiry: '2912', serviceCode: '201' }
    assert.equal(
      await hsm.cards.generateCvv({ kind: 'cvv', key: 'cvk', ...data }),
      cardValue('cvv', value, data),
    )
    assert.equal(lastPlace(), 'in token')
  })

  it('DUKPT in the signer, all bits of an initial key of TDES kept', async () => {
    const value = randomKey('aes-128')
    await hsm.importKey({ label: 'bdk', usage: 'DUKPT base', algorithm: 'aes-128', value })
    const ksn = { scheme: AES_DUKPT, id: random(8), counter: 5 }
    const working = aesWorkingKey(hostTransactionKey(value, ksn), ksn, 'dataEncrypt', 'AES128')
    const [iv, data] = [random(16), random(48)]
    const sent = createCipheriv('aes-128-cbc', working, iv).setAutoPadding(false).update(data)
    const asked = { key: 'bdk', ksn: ksnBytes(ksn), iv, data: new Uint8Array(sent) }
    assert.deepEqual(await hsm.dukpt.decrypt(asked), data)
    assert.equal(lastPlace(), 'clear in signer')
    const base = randomKey('tdes-2')
    await hsm.importKey({ label: 'tdes bdk', usage: 'DUKPT base', algorithm: 'tdes-2', value: base })
    const initialKsn = { scheme: TDES_DUKPT, id: Uint8Array.of(...random(7), 0), counter: 0 }
    const into = { label: 'ik', base: 'tdes bdk', ksn: ksnBytes(initialKsn) }
    const { kcv } = await hsm.dukpt.deriveInitialKey(into)
    const initial = TDES_DUKPT.initialKey(base, initialKsn.id)
    assert.equal(kcv, toHex(tdesKcv(initial)).toUpperCase())
  })

  it('key blocks out and in', async () => {
    const zone = randomKey('aes-256')
    await hsm.importKey({ label: 'zone', usage: 'zone master', algorithm: 'aes-256', value: zone })
    const value = randomKey('tdes-2')
    const { kcv } = await hsm.importKey({
      label: 'pwk',
      usage: 'PIN working',
      algorithm: 'tdes-2',
      value,
      exportable: true,
    })
    const block = await hsm.exchange.exportWorkingKey({ key: 'pwk', zoneMaster: 'zone', version: 'D' })
    const read = unwrapKey(zone, block)
    assert.ok(read.valid)
    assert.deepEqual(read.value.key, value)
    const into = { label: 'pwk again', usage: 'PIN working', zoneMaster: 'zone', block } as const
    assert.deepEqual(await hsm.exchange.importWorkingKey(into), { ok: true, kcv, algorithm: 'tdes-2' })
  })

  it('refuses records that are not as they were sealed', async () => {
    await hsm.generateKey({ label: 'sealed', usage: 'MAC', algorithm: 'hmac-sha256' })
    const sealed = keys.get('sealed') ?? assert.fail('no record')
    const mac = () => hsm.generateMac({ key: 'sealed', method: 'hmac-sha256', data: random(3) })
    for (const [what, altered] of Object.entries(alterations(sealed))) {
      await keys.put(altered)
      await assert.rejects(mac(), fault('BLOB_ALTERED'), what)
    }
    await keys.put(sealed)
    await mac()
  })

  it("refuses SoftHSM2's records, naming how they are sealed and what it lacks for that", async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tapbench-opencryptoki-'))
    const softHsm = await createPrivateToken({ directory })
    const other = await openHsm({ token: softHsm, keys, signers: 1, journal: silentJournal })
    await other.generateKey({ label: 'elsewhere', usage: 'MAC', algorithm: 'hmac-sha256' })
    await other.close()
    await softHsm.close()
    await rm(directory, { recursive: true })
    await assert.rejects(
      hsm.generateMac({ key: 'elsewhere', method: 'hmac-sha256', data: random(3) }),
      fault('MECHANISM_MISSING', /aes-cbc-pad, got aes-kwp, for which it lacks CKM_AES_KEY_WRAP_PAD/),
    )
  })

  it('refuses by name what it cannot do, and what a signer may not do for it', async () => {
    const strict = await open(false)
    const refusals: [() => Promise<unknown>, RegExp][] = [
      [() => hsm.generateKeyPair({ label: 'x', algorithm: 'ed25519' }), /without CKM_EDDSA/],
      [
        () => strict.generateKey({ label: 'x', usage: 'data', algorithm: 'tdes-2' }),
        /GenerateKey tdes-2 in the token, got a token without CKM_DES2_KEY_GEN/,
      ],
      [
        () => strict.generateMac({ key: 'aes-cmac with aes-256', method: 'aes-cmac', data: random(1) }),
        /Mac aes-cmac in the token, got a token without CKM_AES_CMAC/,
      ],
    ]
    for (const [asked, message] of refusals)
      await assert.rejects(asked(), fault('MECHANISM_MISSING', message))
    await strict.close()
  })
})

describe('a private opencryptoki', { skip }, () => {
  /** Segments that only a daemon of PKCS #11 has: 4 MB. */
  const segments = () =>
    readFileSync('/proc/sysvipc/shm', 'utf8')
      .split('\n')
      .filter((line) => Number(line.trim().split(/\s+/)[3]) > 4_000_000)

  it('is seen by nobody else, and leaves nothing', async () => {
    const socket = existsSync('/run/pkcsslotd.socket')
    const before = segments()
    const token = await PrivateOpencryptoki.open({ provision: false })
    assert.ok(existsSync(`/proc/${token.pid}/root/run/pkcsslotd.socket`))
    assert.deepEqual([existsSync('/run/pkcsslotd.socket'), segments()], [socket, before])
    await token.close()
    await token.close()
    assert.ok(!existsSync(`/proc/${token.pid}/root/run/pkcsslotd.socket`))
    assert.deepEqual([existsSync('/run/pkcsslotd.socket'), segments()], [socket, before])
  })
})

describe('a group with opencryptoki', { skip }, () => {
  const tokens: PrivateOpencryptoki[] = []
  before(async () => {
    for (const tokenLabel of ['left', 'right'])
      tokens.push(await PrivateOpencryptoki.open({ tokenLabel, provision: false }))
  })
  after(async () => {
    for (const token of tokens) await token.close()
  })

  it('of two: they share their master keys, which stay closed, and each does what the other has begun', async () => {
    const [token, second] = tokens as [PrivateOpencryptoki, PrivateOpencryptoki]
    await shareMasters([token, second], systemClock)
    const seen = [...(await seenIn(token)), ...(await seenIn(second))]
    assert.equal(seen.length, 4)
    for (const key of seen) assertClosed(key)
    const hsm = await openHsm({ token, twins: [second], signers: 1, journal: silentJournal })
    await hsm.generateKey({ label: 'mac', usage: 'MAC', algorithm: 'hmac-sha256' })
    const macs = new Set<string>()
    for (const away of ['left', 'right']) {
      await hsm.withdraw(away)
      macs.add(toHex(await hsm.generateMac({ key: 'mac', method: 'hmac-sha256', data: new Uint8Array(9) })))
      await hsm.admit(away)
    }
    assert.equal(macs.size, 1)
    await hsm.close()
  })

  it('and SoftHSM2 there is none: one does what the other does not', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'tapbench-opencryptoki-'))
    const token = await createPrivateToken({ directory })
    const [second] = tokens as [PrivateOpencryptoki]
    await assert.rejects(
      openHsm({ token, twins: [second], signers: 1, journal: silentJournal }),
      fault('MECHANISM_MISSING', /to do the same, got .*key-wrap-pad.* in one alone/),
    )
    await token.close()
    await rm(directory, { recursive: true })
  })
})

/** Neither read nor wrapped by who has the user PIN, and opens no blob for him. */
function assertClosed({ sensitive, value, wrapped, deciphered }: SeenKey): void {
  assert.deepEqual({ sensitive, value }, { sensitive: true, value: 'CKR_ATTRIBUTE_SENSITIVE' })
  for (const attempt of [wrapped, deciphered]) assert.match(attempt, /^CKR_KEY_/)
}
