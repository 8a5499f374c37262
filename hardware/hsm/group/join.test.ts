import assert from 'node:assert/strict'
import { constants, generateKeyPairSync, privateDecrypt } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import { silentJournal } from '../../../protocols/journal/journal.ts'
import type { TokenAccess } from '../access.ts'
import { openHsm } from '../hsm.ts'
import { MemoryKeyStore } from '../keys/key-store.ts'
import { SignerProcess } from '../signer-process.ts'
import { fault } from '../test-support/fault.ts'
import { makeForeignKey, seenIn } from '../test-support/seen-in.ts'
import { dumped, SPY, spied } from '../test-support/spied/spy.ts'
import { createPrivateToken } from '../token.ts'
import { shareMasters } from './ceremony.ts'
import { joinGroup } from './join.ts'

const SO_PIN = 'the PIN of the security officer'
const MASTERS = ['tapbench seal key', 'tapbench storage key']
const clock = systemClock

const logIn = (directory: string) => join(directory, 'spy.log')

function absent(token: TokenAccess): TokenAccess {
  return { ...token, pin: token.pin, tokenLabel: 'gone' }
}

/** What user and security officer together can have: the master keys under a public key of their own, and so their values. */
async function clearMasters(token: TokenAccess): Promise<Buffer[]> {
  const { publicKey, privateKey: key } = generateKeyPairSync('rsa', { modulusLength: 3072 })
  const { n = '', e = '' } = publicKey.export({ format: 'jwk' })
  const [modulus, exponent] = [n, e].map((part) => Buffer.from(part, 'base64url').toString('hex'))
  const { signer } = await SignerProcess.invite(token, clock)
  try {
    const share = await signer.vouch({ modulus: modulus ?? '', exponent: exponent ?? '' }, SO_PIN)
    const padding = constants.RSA_PKCS1_OAEP_PADDING
    return Object.values(share).map((wrapped: string) =>
      privateDecrypt({ key, padding, oaepHash: 'sha1' }, Buffer.from(wrapped, 'hex')),
    )
  } finally {
    await signer.close()
  }
}

describe('a new token in place of a lost one', () => {
  let directory: string
  let member: TokenAccess
  /** Stays empty. */
  let spare: TokenAccess
  const keys = new MemoryKeyStore()
  const told: string[] = []

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tapbench-join-'))
    member = await empty('left')
    spare = await empty('spare')
    await shareMasters([member, await empty('right')].map(watched), clock)
    await withHsm(member, async (hsm) => {
      await hsm.generateKey({ label: 'key', usage: 'MAC', algorithm: 'aes-128' })
      await hsm.generateKeyPair({ label: 'pair', algorithm: 'ec-p256' })
    })
  })
  after(() => rm(directory, { recursive: true }))

  const empty = (tokenLabel: string) =>
    createPrivateToken({ directory, tokenLabel, masters: false, securityOfficerPin: SO_PIN })
  /** With the spy in front of it, where there is one. */
  const watched = (token: TokenAccess) => (SPY === null ? token : spied(token, SPY, logIn(directory)))
  const joining = (tokens: readonly TokenAccess[], securityOfficerPin = SO_PIN) =>
    joinGroup({ tokens, securityOfficerPin, clock, tell: (text) => told.push(text) })

  async function withHsm<Result>(
    token: TokenAccess,
    action: (hsm: Awaited<ReturnType<typeof openHsm>>) => Promise<Result>,
  ): Promise<Result> {
    const hsm = await openHsm({ token, keys, signers: 1, journal: silentJournal })
    try {
      return await action(hsm)
    } finally {
      await hsm.close()
    }
  }

  const macOn = (token: TokenAccess) =>
    withHsm(token, (hsm) => hsm.generateMac({ key: 'key', method: 'aes-cmac', data: new Uint8Array(9) }))

  it('does what the others do with every key there is, and can hand the master keys on itself', async () => {
    const [newcomer, next] = [await empty('new'), await empty('next')]
    const joined = await joining([newcomer, member].map(watched))
    assert.deepEqual(await macOn(newcomer), await macOn(member))
    await withHsm(newcomer, (hsm) => hsm.sign({ key: 'pair', data: new Uint8Array(32) }))
    const again = await joining([newcomer, next])
    assert.deepEqual(await macOn(next), await macOn(member))
    assert.deepEqual(again.masters, joined.masters)
    assert.deepEqual([joined.sponsor, joined.newcomer, again.sponsor], ['left', 'new', 'new'])
    const { storage, seal } = joined.masters
    assert.match(`${storage} ${seal}`, /^[0-9A-F]{6} [0-9A-F]{6}$/)
    assert.deepEqual(told.slice(0, 1), [
      `token "new" joined "left": storage key ${storage}, seal key ${seal}, wrapped under the RSA key ${joined.transportKey}`,
    ])
    for (const token of [member, newcomer, next]) {
      const seen = await seenIn(token)
      assert.deepEqual(seen.map(({ label }) => label).sort(), MASTERS)
      for (const { wrapped } of seen) assert.equal(wrapped, 'CKR_KEY_NOT_WRAPPABLE')
    }
  })

  it('the user alone moves nothing', async () => {
    await assert.rejects(
      joining([member, spare], member.pin),
      fault('SO_PIN_INCORRECT', /the PIN of the security officer of the token "left", got CKR_PIN_INCORRECT/),
    )
    assert.deepEqual(await seenIn(spare), [])
  })

  it('is refused when somebody has a key in it', async () => {
    const used = await empty('used')
    await makeForeignKey(used)
    await assert.rejects(
      joining([member, used]),
      fault('TOKEN_NOT_EMPTY', /expected one token without keys, to join, got keys in "left" and "used"/),
    )
  })

  it('is refused when it is not there', async () => {
    await assert.rejects(
      joining([member, absent(spare)]),
      fault('TOKEN_NOT_PRESENT', /expected the token "gone" in .*, got "spare"/),
    )
  })

  it("has shown no clear key to OpenSC's spy, nor has the ceremony in which the group was made", async (t) => {
    if (SPY === null) return t.skip("no OpenSC's PKCS#11 spy here: apt-get install opensc-pkcs11")
    const seen = await readFile(logIn(directory), 'latin1')
    for (const call of ['C_GenerateKey', 'C_WrapKey', 'C_UnwrapKey']) assert.ok(seen.includes(call), call)
    const written = dumped(seen)
    const masters = await clearMasters(member)
    assert.deepEqual(
      masters.map(({ length }) => length),
      [32, 32],
    )
    for (const master of masters)
      for (const half of [master.subarray(0, 16), master.subarray(16)]) assert.ok(!written.includes(half))
  })
})
