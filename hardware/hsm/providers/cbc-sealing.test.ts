import assert from 'node:assert/strict'
import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { toHex } from '../../../protocols/bytes/bytes.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import type { TokenAccess } from '../access.ts'
import { type Hsm, openHsm } from '../hsm.ts'
import { MemoryKeyStore } from '../keys/key-store.ts'
import { alterations } from '../test-support/alterations.ts'
import { fault } from '../test-support/fault.ts'
import { newNssToken, nssLacking, withoutKeyWrap } from '../test-support/nss-token.ts'
import { opencryptokiLacking, PrivateOpencryptoki } from '../test-support/private-opencryptoki.ts'
import { randomKey, SOFTWARE_TWINS } from '../test-support/software-twins.ts'
import type { Cases } from '../test-support/spied/case.ts'
import { DATA_CASES } from '../test-support/spied/data-cases.ts'
import { found } from '../test-support/spied/found.ts'
import { KEY_CASES } from '../test-support/spied/key-cases.ts'
import { KNOWN_KEYS } from '../test-support/spied/known-keys.ts'
import { SpiedHsm, type SpiedToken } from '../test-support/spied/spied-hsm.ts'
import { SPY } from '../test-support/spied/spy.ts'

const skip = nssLacking() ?? false
const IV_DIGITS = 32

/** NSS does by CBC what it is not asked for otherwise: behind a module that wraps by nothing else. */
async function cbcAlone(directory: string): Promise<TokenAccess> {
  return withoutKeyWrap(await newNssToken(directory), join(directory, 'cache'))
}

describe('keys sealed under CBC', { skip }, () => {
  let directory: string
  let whole: TokenAccess
  let token: TokenAccess
  let hsm: Hsm
  /** Has every key out of its blob. */
  let later: Hsm
  const keys = new MemoryKeyStore()
  const open = (access: TokenAccess) =>
    openHsm({ token: access, keys, signers: 1, journal: silentJournal, clearAllowed: true })
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tapbench-cbc-'))
    whole = await newNssToken(directory)
    token = await withoutKeyWrap(whole, join(directory, 'cache'))
    hsm = await open(token)
    later = await open(token)
  })
  after(async () => {
    await hsm?.close()
    await later?.close()
    await rm(directory, { recursive: true })
  })

  it('say so in their records, in front of which the vector stands', async () => {
    await hsm.generateKey({ label: 'aes', usage: 'MAC', algorithm: 'aes-128' })
    const sealed = keys.get('aes')
    assert.equal(sealed?.sealing, 'aes-cbc-pad')
    // The vector, the key, and a block of padding.
    assert.equal(sealed?.blob.length, 3 * IV_DIGITS)
    assert.equal(hsm.capabilities['key-wrap-pad'], null)
  })

  it('have a vector of their own each, so that equal keys lie under blobs that differ in each block', async () => {
    const value = randomKey('aes-256')
    for (const label of ['one', 'other'])
      await hsm.importKey({ label, usage: 'data', algorithm: 'aes-256', value })
    const [one, other] = ['one', 'other'].map((label) => keys.get(label)?.blob.match(/.{32}/g) ?? [])
    assert.equal(one?.length, 4)
    assert.equal(new Set([...(one ?? []), ...(other ?? [])]).size, 8)
  })

  it('do what software does with them, also in another signer', async () => {
    const values = SOFTWARE_TWINS.map(({ algorithm }) => randomKey(algorithm))
    for (const [at, { name: label, usage, algorithm }] of SOFTWARE_TWINS.entries())
      await hsm.importKey({ label, usage, algorithm, value: values[at] ?? new Uint8Array() })
    for (const [at, { name, bytes, ask, compute }] of SOFTWARE_TWINS.entries()) {
      const data = new Uint8Array(randomBytes(bytes))
      const expected = toHex(compute(values[at] ?? new Uint8Array(), data))
      assert.equal(toHex(await ask(hsm, name, data)), expected, name)
      assert.equal(toHex(await ask(later, name, data)), expected, name)
    }
  })

  for (const algorithm of ['ec-p256', 'rsa-2048'] as const)
    it(`may be private keys of ${algorithm}, which sign in another signer too`, async () => {
      const { publicKey } = await hsm.generateKeyPair({ label: algorithm, algorithm })
      const message = randomBytes(50)
      const data = createHash('sha256').update(message).digest()
      const signature = await later.sign({ key: algorithm, data })
      const key = createPublicKey(publicKey)
      assert.ok(verify('sha256', message, { key, dsaEncoding: 'ieee-p1363' }, signature))
    })

  it('are read by a token that does both, which makes none of them', async () => {
    const data = new Uint8Array(randomBytes(20))
    const mac = (of: Hsm, key: string) => of.generateMac({ key, method: 'aes-cmac', data })
    const both = await open(whole)
    assert.deepEqual(await mac(both, 'aes'), await mac(hsm, 'aes'))
    await both.generateKey({ label: 'by RFC 5649', usage: 'MAC', algorithm: 'aes-128' })
    await mac(both, 'by RFC 5649')
    await both.close()
    assert.equal(keys.get('by RFC 5649')?.sealing, 'aes-kwp')
    await assert.rejects(
      mac(hsm, 'by RFC 5649'),
      fault(
        'MECHANISM_MISSING',
        /"by RFC 5649" in a sealing that this token does, aes-cbc-pad, got aes-kwp, for which it lacks CKM_AES_KEY_WRAP_PAD/,
      ),
    )
  })
})

const noSpy = SPY === null ? "no OpenSC's PKCS#11 spy here: apt-get install opensc-pkcs11" : false

const { GenerateKey, ImportKey } = KEY_CASES
const { GenerateMac, EncryptData, Sign } = DATA_CASES
const SPIED_CASES: Readonly<Record<string, Cases>> = {
  GenerateKey,
  ImportKey,
  GenerateMac,
  EncryptData,
  Sign: { 'rsa-2048': Sign['rsa-2048'] ?? assert.fail('no case') },
}
const ALL = Object.entries(SPIED_CASES).flatMap(([operation, cases]) =>
  Object.entries(cases).map(([name, action]) => ({ name: `${operation}, ${name}`, action })),
)

const SPIED_TOKENS: Readonly<
  Record<string, { skip: string | false; newToken(directory: string): Promise<SpiedToken> }>
> = {
  'NSS softokn': {
    skip: skip || noSpy,
    newToken: async (directory) => ({ access: await cbcAlone(directory), close: async () => {} }),
  },
  opencryptoki: {
    skip: opencryptokiLacking() ?? noSpy,
    newToken: async () => {
      const access = await PrivateOpencryptoki.open()
      return { access, close: () => access.close() }
    },
  },
}

for (const [token, { skip, newToken }] of Object.entries(SPIED_TOKENS))
  describe(`keys sealed under CBC, under OpenSC's spy, ${token}`, { skip }, () => {
    let spied: SpiedHsm
    let secrets: Readonly<Record<string, Uint8Array>>
    const seen = new Map<string, { log: Buffer; places: string[] }>()
    before(async () => {
      spied = await SpiedHsm.open(SPY ?? '', newToken)
      for (const [usage, algorithm] of KNOWN_KEYS) await spied.know(usage, algorithm)
      for (const { name, action } of ALL) {
        const past = spied.journal.entries.length
        const log = await spied.written(() => action(spied))
        const places = spied.journal.entries
          .slice(past)
          .flatMap((entry) => (entry.kind === 'hsm' ? entry.where : []))
        seen.set(name, { log, places })
      }
      secrets = { ...Object.fromEntries(spied.values), ...spied.reveal() }
    })
    after(() => spied?.close())

    for (const { name } of ALL)
      it(`${name}: no key in the clear of those that stay inside`, () => {
        const { log, places } = seen.get(name) ?? assert.fail(name)
        assert.ok(places.length > 0 && log.length > 0)
        const clear = found(log, secrets)
        if (places.every((where) => where === 'in token')) assert.deepEqual(clear, [])
        else assert.notDeepEqual(clear, [])
      })

    it('what was altered is refused before the token is asked to unwrap anything', async () => {
      const { hsm, keys } = spied
      await hsm.generateKey({ label: 'sealed', usage: 'MAC', algorithm: 'aes-128' })
      const sealed = keys.get('sealed') ?? assert.fail('no record')
      const mac = () => hsm.generateMac({ key: 'sealed', method: 'aes-cmac', data: new Uint8Array(1) })
      for (const [what, altered] of Object.entries(alterations(sealed))) {
        await keys.put(altered)
        const called = await spied.called(() => assert.rejects(mac(), fault('BLOB_ALTERED'), what))
        assert.ok(!called.includes('C_UnwrapKey'), `${what}: ${called}`)
      }
      await keys.put(sealed)
      assert.ok((await spied.called(mac)).includes('C_UnwrapKey'))
    })
  })
