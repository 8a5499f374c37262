import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { ManualClock } from '../../../protocols/clock/manual-clock.ts'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import { MemoryJournal } from '../../../protocols/journal/memory-journal.ts'
import type { TokenAccess } from '../access.ts'
import { type Hsm, type HsmOptions, openHsm } from '../hsm.ts'
import { MemoryKeyStore } from '../keys/key-store.ts'
import { fault } from '../test-support/fault.ts'
import { RemovableToken } from '../test-support/removable-token.ts'
import { seenIn } from '../test-support/seen-in.ts'
import { createPrivateToken } from '../token.ts'
import { shareMasters } from './ceremony.ts'

const CKO_SECRET_KEY = 4

describe('two tokens, one HSM', () => {
  let directory: string
  let tokens: [RemovableToken, RemovableToken]
  let stranger: TokenAccess
  /** For tests in which no token goes away by itself. */
  let group: Hsm
  const keys = new MemoryKeyStore()
  const journal = new MemoryJournal(() => 0)

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tapbench-group-'))
    const make = async (tokenLabel: string) => {
      const token = await createPrivateToken({ directory, tokenLabel, masters: false })
      return RemovableToken.of(token, directory, join(directory, 'cache'))
    }
    tokens = [await make('one'), await make('two')]
    stranger = await createPrivateToken({ directory, tokenLabel: 'two' })
    await shareMasters(tokens, systemClock)
    group = await open({})
    await group.generateKey({ label: 'key', usage: 'MAC', algorithm: 'aes-128' })
  })
  after(async () => {
    await group?.close()
    await rm(directory, { recursive: true })
  })

  function open(options: Partial<HsmOptions>): Promise<Hsm> {
    const [token, ...twins] = tokens
    return openHsm({ token, twins, keys, signers: 1, journal, clock: new ManualClock(), ...options })
  }

  async function withGroup(
    options: Partial<HsmOptions>,
    action: (hsm: Hsm, clock: ManualClock) => Promise<unknown>,
  ): Promise<void> {
    const clock = new ManualClock()
    const hsm = await open({ clock, ...options })
    try {
      await action(hsm, clock)
    } finally {
      for (const one of tokens) await one.plugIn()
      await hsm.close()
    }
    assert.equal(clock.pending, 0)
  }

  const mac = (hsm: Hsm) => hsm.generateMac({ key: 'key', method: 'aes-cmac', data: new Uint8Array(3) })
  const standings = (hsm: Hsm) => hsm.tokens.map(({ standing }) => standing)

  async function macs(hsm: Hsm, count: number): Promise<void> {
    const asked = Array.from({ length: count }, () => mac(hsm))
    const [expected, ...others] = await Promise.all(asked)
    for (const one of others) assert.deepEqual(one, expected)
  }

  function tokensSince(at: number): string[] {
    const done = journal.entries.slice(at).flatMap((entry) => (entry.kind === 'hsm' ? [entry.token] : []))
    return [...new Set(done)].sort()
  }

  async function until(condition: () => boolean): Promise<void> {
    while (!condition()) await setImmediate()
  }

  it('hold the same master keys, which neither shows nor lets go, and nothing else of the ceremony', async () => {
    for (const token of tokens) {
      const seen = await seenIn(token)
      assert.deepEqual(seen.map(({ label }) => label).sort(), ['tapbench seal key', 'tapbench storage key'])
      for (const { label, deciphered, ...shown } of seen) {
        assert.match(deciphered, /^CKR_KEY_/, label)
        assert.deepEqual(
          shown,
          {
            keyClass: CKO_SECRET_KEY,
            sensitive: true,
            // For a key alone that the security officer trusts.
            extractable: true,
            value: 'CKR_ATTRIBUTE_SENSITIVE',
            wrapped: 'CKR_KEY_NOT_WRAPPABLE',
          },
          label,
        )
      }
    }
  })

  it('are left as they are when they have them', async () => {
    await shareMasters(tokens, systemClock)
    await mac(group)
  })

  it('cannot share them when one has some already', async () => {
    const fresh = await createPrivateToken({ directory, tokenLabel: 'fresh', masters: false })
    await assert.rejects(
      shareMasters([fresh, stranger], systemClock),
      fault('MASTER_KEYS_NOT_SHARED', /got the token "two" alone with such keys/),
    )
    assert.deepEqual(await seenIn(fresh), [])
  })

  it('both answer, and the journal says which', async () => {
    const from = journal.entries.length
    await macs(group, 200)
    assert.deepEqual(tokensSince(from), ['one', 'two'])
  })

  it('one with other master keys is refused by name', async () => {
    await assert.rejects(
      withGroup({ twins: [stranger] }, mac),
      fault('MASTER_KEYS_DIFFER', /the token "two" to hold the master keys of the token "one", got others/),
    )
  })

  it('two of the same name are refused', async () => {
    await assert.rejects(
      open({ twins: [tokens[0]] }),
      fault('CONFIGURATION_WRONG', /tokens of different names, got "one" twice/),
    )
  })

  it('one that is pulled out costs no request, and comes back by itself', async () => {
    await withGroup({}, async (hsm, clock) => {
      const from = journal.entries.length
      await tokens[1].pullOut()
      await macs(hsm, 200)
      assert.deepEqual(tokensSince(from), ['one'])
      assert.deepEqual(standings(hsm), ['there', 'away'])
      assert.match(hsm.tokens[1]?.reason ?? '', /CKR_DEVICE_REMOVED/)
      // Still not there after the first pause: the second one is twice as long.
      clock.advance(1_000)
      await until(() => clock.pending > 0)
      await tokens[1].plugIn()
      clock.advance(1_000)
      assert.deepEqual(standings(hsm), ['there', 'away'])
      clock.advance(1_000)
      await until(() => hsm.tokens[1]?.standing === 'there')
      const back = journal.entries.length
      await macs(hsm, 200)
      assert.deepEqual(tokensSince(back), ['one', 'two'])
    })
  })

  it('one whose signer dies in the middle costs no request', async () => {
    const pid = group.tokens[0]?.pids[0]
    assert.ok(pid !== undefined)
    process.kill(pid, 'SIGSTOP')
    const asked = macs(group, 100)
    await setImmediate()
    process.kill(pid, 'SIGKILL')
    await asked
    await until(() => group.tokens[0]?.pids[0] !== undefined)
  })

  it('one that is away at the start is waited for', async () => {
    await tokens[0].pullOut()
    await withGroup({}, async (hsm, clock) => {
      assert.deepEqual(standings(hsm), ['away', 'there'])
      await macs(hsm, 10)
      await tokens[0].plugIn()
      clock.advance(1_000)
      await until(() => hsm.tokens[0]?.standing === 'there')
    })
  })

  it('both away: refused by name, with both reasons, and served again as soon as one is back', async () => {
    await withGroup({}, async (hsm) => {
      for (const token of tokens) await token.pullOut()
      await assert.rejects(
        mac(hsm),
        fault('TOKEN_NOT_PRESENT', /one token of the group, got none \("one": .*; "two": .*\)/),
      )
      assert.deepEqual(standings(hsm), ['away', 'away'])
      await tokens[1].plugIn()
      await macs(hsm, 3)
    })
  })

  it('one withdrawn for maintenance gets nothing until it is admitted, and the last cannot be withdrawn', async () => {
    const asked = macs(group, 200)
    await group.withdraw('one')
    await asked
    assert.deepEqual(standings(group), ['withdrawn', 'there'])
    assert.deepEqual(group.tokens[0]?.pids, [])
    const from = journal.entries.length
    await macs(group, 50)
    assert.deepEqual(tokensSince(from), ['two'])
    await assert.rejects(group.withdraw('two'), fault('TOKEN_NOT_PRESENT', /beside "two", got none/))
    await assert.rejects(group.withdraw('three'), fault('INVALID_INPUT_DATA', /"one" or "two", got "three"/))
    await group.admit('one')
    const back = journal.entries.length
    await macs(group, 200)
    assert.deepEqual(tokensSince(back), ['one', 'two'])
  })

  it('a key that one token alone could hold is not made', async () => {
    await assert.rejects(
      group.generateKeyPair({ label: 'ed', algorithm: 'ed25519' }),
      fault('MECHANISM_MISSING', /"ed" to be one that all tokens of the group can hold/),
    )
  })

  it('the journal says when a token went and came', () => {
    const told = journal.entries.flatMap((entry) => (entry.kind === 'fact' ? [entry.text] : []))
    for (const text of ['token "two" is back', 'token "one" is withdrawn', 'token "one" is admitted'])
      assert.ok(told.includes(text), told.join('\n'))
    assert.ok(told.some((text) => text.startsWith('token "two" is away: expected ')))
  })
})
