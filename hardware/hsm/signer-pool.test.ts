import assert from 'node:assert/strict'
import { createCipheriv, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import { ManualClock } from '../../protocols/clock/manual-clock.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { HsmError, type HsmFault } from './error.ts'
import { type Hsm, type HsmOptions, openHsm } from './hsm.ts'
import { DATA_BYTES_AT_MOST } from './input.ts'
import { MemoryKeyStore } from './keys/key-store.ts'
import { createPrivateToken, type Token } from './token.ts'

function isFault(code: HsmFault, message: RegExp) {
  return (error: unknown) => {
    assert.ok(error instanceof HsmError, String(error))
    assert.equal(error.code, code, error.message)
    assert.match(error.message, message)
    return true
  }
}

/** Of the longest data, in one batch: 4 MB, of which a socket holds less than 256 KB and one turn of the event loop reads 2 MB at most. */
const TORN = { messages: 64, begunBytes: 65_536, wholeBytes: 64 * DATA_BYTES_AT_MOST }

/** By a process so far, to files and sockets (proc(5)). */
function bytesWritten(pid: number): number {
  const counters = readFileSync(`/proc/${pid}/io`, 'utf8')
  return Number(/^wchar: (\d+)$/m.exec(counters)?.[1] ?? assert.fail(counters))
}

function aesEcb(key: Uint8Array, data: Uint8Array = new Uint8Array()): Uint8Array {
  const cipher = createCipheriv('aes-128-ecb', key, null).setAutoPadding(false)
  return new Uint8Array(Buffer.concat([cipher.update(data), cipher.final()]))
}

describe('signers that share a queue', () => {
  let directory: string
  let token: Token
  const keys = new MemoryKeyStore()
  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tapbench-pool-'))
    token = await createPrivateToken({ directory })
    await withHsm({}, (hsm) => hsm.generateKey({ label: 'key', usage: 'MAC', algorithm: 'aes-128' }))
  })
  after(async () => {
    await token.close()
    await rm(directory, { recursive: true })
  })

  async function withHsm(
    options: Partial<HsmOptions>,
    action: (hsm: Hsm) => Promise<unknown>,
  ): Promise<void> {
    const hsm = await openHsm({ token, keys, signers: 1, journal: silentJournal, ...options })
    try {
      await action(hsm)
    } finally {
      await hsm.close()
    }
  }

  const mac = (hsm: Hsm) => hsm.generateMac({ key: 'key', method: 'aes-cmac', data: new Uint8Array(3) })

  function pidOf(hsm: Hsm): number {
    const [pid] = hsm.pids
    assert.ok(pid !== undefined)
    return pid
  }

  it('refuse one request more than may wait, and do the others', async () => {
    await withHsm({ queueAtMost: 3 }, async (hsm) => {
      process.kill(pidOf(hsm), 'SIGSTOP')
      const first = mac(hsm)
      await setImmediate()
      const waiting = [mac(hsm), mac(hsm), mac(hsm)]
      await assert.rejects(mac(hsm), isFault('HSM_BUSY', /at most 3 requests that wait/))
      process.kill(pidOf(hsm), 'SIGCONT')
      const macs = await Promise.all([first, ...waiting])
      for (const one of macs) assert.deepEqual(one, macs[0])
    })
  })

  it('give up what waits too long, and nothing before its time', async () => {
    const clock = new ManualClock()
    await withHsm({ clock, waitAtMostMs: 5_000 }, async (hsm) => {
      process.kill(pidOf(hsm), 'SIGSTOP')
      const first = mac(hsm)
      await setImmediate()
      const early = assert.rejects(mac(hsm), isFault('DEADLINE_PASSED', /within 5000 ms/))
      clock.advance(3_000)
      const late = mac(hsm)
      clock.advance(2_000)
      await early
      process.kill(pidOf(hsm), 'SIGCONT')
      assert.deepEqual(await late, await first)
    })
    assert.equal(clock.pending, 0)
  })

  it('that die do not repeat what makes keys, and repeat the rest once', async () => {
    await withHsm({}, async (hsm) => {
      process.kill(pidOf(hsm), 'SIGSTOP')
      const made = assert.rejects(
        hsm.generateKey({ label: 'lost', usage: 'MAC', algorithm: 'aes-128' }),
        isFault('SIGNER_GONE', /SIGKILL/),
      )
      const signed = mac(hsm)
      await setImmediate()
      process.kill(pidOf(hsm), 'SIGKILL')
      await made
      assert.equal((await signed).length, 16)
      assert.equal(keys.get('lost'), undefined)
      await hsm.generateKey({ label: 'lost', usage: 'MAC', algorithm: 'aes-128' })
    })
  })

  it('that die in the middle of a reply have answered nothing of it', async () => {
    const value = new Uint8Array(randomBytes(16))
    await withHsm({ clearAllowed: true }, async (hsm) => {
      await hsm.importKey({ label: 'torn', usage: 'data', algorithm: 'aes-128', value })
      const messages = Array.from(
        { length: TORN.messages },
        () => new Uint8Array(randomBytes(DATA_BYTES_AT_MOST)),
      )
      const pid = pidOf(hsm)
      const before = bytesWritten(pid)
      const asked = messages.map((data) => hsm.encryptData({ key: 'torn', mode: 'ecb', iv: null, data }))
      while (bytesWritten(pid) - before < TORN.begunBytes) await setImmediate()
      assert.ok(bytesWritten(pid) - before < TORN.wholeBytes)
      process.kill(pid, 'SIGKILL')
      for (const [at, encrypted] of (await Promise.all(asked)).entries())
        assert.deepEqual(encrypted, aesEcb(value, messages[at]))
      assert.notEqual(pidOf(hsm), pid)
    })
  })

  it('are replaced when they have grown, without a request lost', async () => {
    await withHsm({ recycleAtBytes: 1 }, async (hsm) => {
      const expected = await mac(hsm)
      const before = pidOf(hsm)
      for (let i = 0; i < 3; i++) assert.deepEqual(await mac(hsm), expected)
      assert.notEqual(pidOf(hsm), before)
    })
  })

  it('stay when they have not', async () => {
    await withHsm({}, async (hsm) => {
      const before = pidOf(hsm)
      for (let i = 0; i < 3; i++) await mac(hsm)
      assert.equal(pidOf(hsm), before)
    })
  })

  it('of two, one that is killed costs no request', async () => {
    await withHsm({ signers: 2 }, async (hsm) => {
      const asked = Array.from({ length: 500 }, () => mac(hsm))
      process.kill(pidOf(hsm), 'SIGKILL')
      const macs = await Promise.all(asked)
      for (const one of macs) assert.deepEqual(one, macs[0])
    })
  })
})
