import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { createHash, randomBytes, verify } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { promisify } from 'node:util'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import { aesCmac, tdesCmac } from '../../../protocols/mac/cmac.ts'
import { retailMac } from '../../../protocols/mac/iso9797.ts'
import { withOddParity } from '../../../protocols/mac/parity.ts'
import { placements } from '../capabilities/placement.ts'
import { HsmError } from '../error.ts'
import { shareMasters } from '../group/ceremony.ts'
import { joinGroup } from '../group/join.ts'
import { type Hsm, openHsm } from '../hsm.ts'
import { fault } from '../test-support/fault.ts'
import { tr34Parties } from '../test-support/tr34-parties.ts'
import { createPrivateToken } from '../token.ts'
import { type OpenedToken, openTokenOf } from './open-token.ts'
import { PROVIDERS } from './providers.ts'
import { tokenSettings } from './settings.ts'

const PIN = 'a-pin-of-this-test'
const MAKE = join(import.meta.dirname, '../test-support/make-nss-token.ts')
const module = PROVIDERS.nss.modules.find((path) => existsSync(path))
const skip = module === undefined ? `no NSS softokn here: ${PROVIDERS.nss.install}` : false

const NAMED = { PROVIDER: 'nss', TOKEN_LABEL: 'NSS Certificate DB', PIN }

async function newDatabase(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tapbench-nss-'))
  await promisify(execFile)(process.execPath, [MAKE, module ?? '', directory, PIN])
  return directory
}

describe('NSS softokn as a second provider', { skip }, () => {
  let directory: string
  let token: OpenedToken
  let hsm: Hsm
  const journal = new MemoryJournal(() => performance.now() * 1000)
  const value = withOddParity(new Uint8Array(randomBytes(16)))
  const data = new Uint8Array(randomBytes(37))

  before(async () => {
    directory = await newDatabase()
    token = await openTokenOf(tokenSettings({ ...NAMED, PROVISION: 'yes' }, ''), directory)
    const { access, keys } = token
    hsm = await openHsm({ token: access, keys, signers: 1, journal, clearAllowed: true })
    for (const algorithm of ['aes-128', 'tdes-2'] as const)
      await hsm.importKey({ label: algorithm, usage: 'MAC', algorithm, value })
  })
  after(async () => {
    await hsm?.close()
    await rm(directory, { recursive: true })
  })

  it('wraps by RFC 5649 under another number, and lacks three mechanisms', () => {
    const { capabilities } = hsm
    assert.equal(capabilities['key-wrap-pad'], 'CKM_AES_KEY_WRAP_KWP')
    const missing = Object.entries(placements(capabilities, false)).filter(
      ([, { where }]) => where === 'not possible',
    )
    const names = missing.map(([variant, lacks]) => `${variant}: ${lacks.missing.join()}`)
    for (const name of [
      'Mac tdes-cmac: CKM_DES3_CMAC',
      'Sign ed25519: CKM_EDDSA',
      'Sign ec-secp256k1: CKM_ECDSA',
    ])
      assert.ok(names.includes(name), names.join('; '))
  })

  it('makes the same MACs in the token', async () => {
    assert.deepEqual(
      await hsm.generateMac({ key: 'aes-128', method: 'aes-cmac', data }),
      aesCmac(value, data),
    )
    const retail = await hsm.generateMac({ key: 'tdes-2', method: 'retail, padding 2', data })
    assert.deepEqual(retail, retailMac(value, data, 2))
  })

  it('keeps RSA pairs: signs certificates and tokens, and opens them', async () => {
    const { host, receiver, trusted, revoking } = await tr34Parties(hsm, Date.now())
    const key = 'sent over NSS'
    const { kcv } = await hsm.generateKey({
      label: key,
      usage: 'data',
      algorithm: 'aes-128',
      exportable: true,
    })
    const freshness = { randomNumber: new Uint8Array(8) }
    const kdh = { key: 'kdh', certificate: host }
    const route = { kdh, krd: trusted(receiver), freshness, crls: [await revoking()] }
    const sent = await hsm.tr34.exportKey({ key, ...route })
    assert.ok(sent.ok)
    const krd = { key: 'krd', certificate: receiver }
    const terms = { label: 'received', usage: 'data', krd, kdh: trusted(host), freshness } as const
    const taken = await hsm.tr34.importKey({ ...terms, token: sent.token })
    assert.deepEqual(taken, { ok: true, kcv, algorithm: 'aes-128', signedAt: null })
  })

  it('has what it lacks done in the signer, and the journal says so', async () => {
    assert.deepEqual(
      await hsm.generateMac({ key: 'tdes-2', method: 'tdes-cmac', data }),
      tdesCmac(value, data),
    )
    const last = journal.entries.at(-1)
    assert.ok(last?.kind === 'hsm' && last.where === 'clear in signer' && last.key === 'tdes-2')
  })

  it('adjusts the parity of TDES keys, so that it takes no initial key of TDES DUKPT', async () => {
    await hsm.importKey({ label: 'bdk', usage: 'DUKPT base', algorithm: 'tdes-2', value })
    await assert.rejects(
      hsm.dukpt.deriveInitialKey({ label: 'ik', base: 'bdk', ksn: new Uint8Array(10) }),
      (error) => error instanceof HsmError && /adjusts the parity of TDES keys/.test(error.message),
    )
  })

  it('refuses that where it is not allowed, naming the mechanism', async () => {
    const strict = await openHsm({ token: token.access, keys: token.keys, signers: 1, journal })
    await assert.rejects(strict.generateMac({ key: 'tdes-2', method: 'tdes-cmac', data }), (error) => {
      assert.ok(error instanceof HsmError && error.code === 'MECHANISM_MISSING')
      assert.match(error.message, /Mac tdes-cmac in the token, got a token without CKM_DES3_CMAC/)
      return true
    })
    await strict.close()
  })

  it('what no signer can do is not possible, whatever is allowed', async () => {
    await assert.rejects(
      hsm.generateKeyPair({ label: 'ed', algorithm: 'ed25519' }),
      (error) =>
        error instanceof HsmError && error.code === 'MECHANISM_MISSING' && /CKM_EDDSA/.test(error.message),
    )
  })
})

describe('two key databases of NSS', { skip }, () => {
  const directories: string[] = []
  after(async () => {
    for (const directory of directories) await rm(directory, { recursive: true })
  })

  /** All have the same label and serial number: one of two is named by its slot. */
  async function openDatabase(named: Record<string, string>) {
    const directory = await newDatabase()
    directories.push(directory)
    return (await openTokenOf(tokenSettings(named, ''), directory)).access
  }

  it('share their master keys, and each does what the other has begun', async () => {
    const token = await openDatabase(NAMED)
    const second = await openDatabase({ PROVIDER: 'nss', SLOT: '2', PIN })
    await shareMasters([token, second], systemClock)
    const hsm = await openHsm({ token, twins: [second], signers: 1, journal: silentJournal })
    const data = new Uint8Array(randomBytes(32))
    const { publicKey } = await hsm.generateKeyPair({ label: 'pair', algorithm: 'ec-p256' })
    await hsm.generateKey({ label: 'mac', usage: 'MAC', algorithm: 'aes-128' })
    const macs = new Set<string>()
    for (const [name, other] of [
      ['NSS Certificate DB', 'slot 2'],
      ['slot 2', 'NSS Certificate DB'],
    ] as const) {
      await hsm.withdraw(other)
      assert.deepEqual(hsm.tokens.map(({ standing }) => standing).sort(), ['there', 'withdrawn'], name)
      macs.add(toHex(await hsm.generateMac({ key: 'mac', method: 'aes-cmac', data })))
      const signature = await hsm.sign({ key: 'pair', data: createHash('sha256').update(data).digest() })
      assert.ok(verify('sha256', data, { key: publicKey, dsaEncoding: 'ieee-p1363' }, signature), name)
      await hsm.admit(other)
    }
    assert.equal(macs.size, 1)
    await hsm.close()
  })

  it('keep them for good: softokn does not hold back what is to be wrapped under trusted keys alone', async () => {
    const tokens = [await openDatabase(NAMED), await openDatabase({ PROVIDER: 'nss', SLOT: '2', PIN })]
    await shareMasters(tokens.slice(0, 1), systemClock)
    await assert.rejects(
      joinGroup({ tokens, securityOfficerPin: '', clock: systemClock, tell: () => {} }),
      fault('MASTER_KEYS_STAY', /got the token "NSS Certificate DB", which they never leave/),
    )
  })

  it('and SoftHSM2 are no group: one does what the other does not', async () => {
    const token = await openDatabase(NAMED)
    const second = await createPrivateToken({ directory: directories[0] ?? '', masters: false })
    await shareMasters([token, second], systemClock)
    await assert.rejects(openHsm({ token, twins: [second], signers: 1, journal: silentJournal }), (error) => {
      assert.ok(error instanceof HsmError && error.code === 'MECHANISM_MISSING')
      assert.match(error.message, /to do the same, got .*ed25519.* in one alone/)
      return true
    })
  })
})
