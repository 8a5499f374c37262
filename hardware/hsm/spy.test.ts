import assert from 'node:assert/strict'
import { createDecipheriv, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import { toHex } from '../../protocols/bytes/bytes.ts'
import { AES_DUKPT, aesWorkingKey } from '../../protocols/dukpt/aes.ts'
import { hostTransactionKey } from '../../protocols/dukpt/host.ts'
import { ksnBytes } from '../../protocols/dukpt/ksn.ts'
import { sessionKeyInput } from '../../protocols/interledger/cryptogram.ts'
import { silentJournal } from '../../protocols/journal/journal.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { aesCmac } from '../../protocols/mac/cmac.ts'
import { withOddParity } from '../../protocols/mac/parity.ts'
import type { TokenAccess } from './access.ts'
import { ALGORITHMS, familyOf, type SecretAlgorithm } from './hierarchy/algorithms.ts'
import type { KeyUsage } from './hierarchy/usages.ts'
import { type Hsm, openHsm } from './hsm.ts'
import { MemoryKeyStore } from './keys/key-store.ts'
import { createPrivateToken, type Token } from './token.ts'

// OpenSC's spy stands between a signer and the module and writes down every call with its arguments.
const SPIES = [
  '/usr/lib/x86_64-linux-gnu/pkcs11-spy.so',
  '/usr/lib/aarch64-linux-gnu/pkcs11-spy.so',
  '/usr/lib/x86_64-linux-gnu/pkcs11/pkcs11-spy.so',
  '/usr/lib64/pkcs11-spy.so',
]
const spy = SPIES.find((path) => existsSync(path))
const skip = spy === undefined ? "no OpenSC's PKCS#11 spy here: apt-get install opensc-pkcs11" : false
/** RFC 5649, 3: the alternative initial value of AES Key Wrap with Padding. */
const WRAP_PAD_IV = Buffer.from('A65959A6', 'hex')
const ATC = Uint8Array.of(0, 7)
const KNOWN: readonly (readonly [KeyUsage, SecretAlgorithm])[] = [
  ['MAC', 'aes-128'],
  ['MAC', 'aes-256'],
  ['MAC', 'tdes-2'],
  ['MAC', 'tdes-3'],
  ['MAC', 'hmac-sha256'],
  ['data', 'aes-192'],
  ['data', 'tdes-2'],
  ['DUKPT base', 'aes-128'],
  ['DUKPT base', 'aes-256'],
  ['card transport', 'aes-128'],
  ['card cryptogram', 'aes-128'],
]

function random(length: number): Uint8Array {
  return new Uint8Array(randomBytes(length))
}

/** All bytes that the spy wrote down, as one hexadecimal text: its dumps have 16 bytes a line, behind their place. */
function dumped(log: string): string {
  const lines = log.matchAll(/^ *[0-9a-f]{8} {2}((?:[0-9a-f]{2} ?)+) /gim)
  return [...lines]
    .map(([, bytes]) => bytes?.replaceAll(' ', ''))
    .join('')
    .toUpperCase()
}

describe("operations in the token, under OpenSC's spy", { skip }, () => {
  let directory: string
  let token: Token
  let log: string
  const keys = new MemoryKeyStore()
  const values = new Map<string, Uint8Array>()
  const journal = new MemoryJournal(() => performance.now() * 1000)

  function spied(): TokenAccess {
    const { module, tokenLabel = '', pin, environment } = token
    const watching = { PKCS11SPY: module, PKCS11SPY_OUTPUT: log }
    return { module: spy ?? '', tokenLabel, pin, environment: { ...environment, ...watching } }
  }

  async function written(action: (hsm: Hsm) => Promise<unknown>): Promise<string> {
    await rm(log, { force: true })
    const hsm = await openHsm({ token: spied(), keys, signers: 1, journal })
    try {
      await action(hsm)
    } finally {
      await hsm.close()
    }
    return dumped(await readFile(log, 'latin1'))
  }

  function known(label: string): Uint8Array {
    const value = values.get(label)
    assert.ok(value !== undefined, label)
    return value
  }

  function assertNone(text: string, secrets: ReadonlyMap<string, Uint8Array>): void {
    for (const [name, value] of secrets) {
      // A half is as bad as the whole: a key of two blocks may be torn between two dumps.
      for (const part of [value.subarray(0, 8), value.subarray(-8)])
        assert.ok(!text.includes(toHex(part)), `expected no ${name} in the spy's log, got it`)
    }
  }

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'tapbench-spy-'))
    log = join(directory, 'spy.log')
    token = await createPrivateToken({ directory })
    // Keys come in the clear, which is labelled so: not under the spy.
    const hsm = await openHsm({ token, keys, signers: 1, journal: silentJournal })
    for (const [usage, algorithm] of KNOWN) {
      const label = `${usage} ${algorithm}`
      const bytes = random(ALGORITHMS[algorithm].bytes)
      const value = familyOf(algorithm) === 'tdes' ? withOddParity(bytes) : bytes
      values.set(label, value)
      await hsm.importKey({ label, usage, algorithm, value })
    }
    await hsm.close()
  })
  after(async () => {
    await token.close()
    await rm(directory, { recursive: true })
  })

  it('the spy sees what passes: data, and a key that comes in the clear', async () => {
    const [data, value] = [random(24), random(16)]
    const text = await written(async (hsm) => {
      await hsm.generateMac({ key: 'MAC aes-128', method: 'aes-cmac', data })
      await hsm.importKey({ label: 'seen', usage: 'MAC', algorithm: 'aes-128', value })
    })
    assert.ok(text.includes(toHex(data)) && text.includes(toHex(value)))
  })

  it('MACs and ciphers show no key', async () => {
    const data = random(48)
    const text = await written(async (hsm) => {
      const mac = (key: string, method: 'aes-cmac') => hsm.generateMac({ key, method, data })
      await mac('MAC aes-128', 'aes-cmac')
      await mac('MAC aes-256', 'aes-cmac')
      await mac('MAC tdes-2', 'retail, padding 2' as 'aes-cmac')
      await mac('MAC tdes-3', 'tdes-cmac' as 'aes-cmac')
      await mac('MAC hmac-sha256', 'hmac-sha256' as 'aes-cmac')
      for (const key of ['data aes-192', 'data tdes-2']) {
        await hsm.encryptData({ key, mode: 'ecb', iv: null, data })
        await hsm.decryptData({ key, mode: 'ecb', iv: null, data })
        await hsm.generateKcv(key)
      }
    })
    assert.ok(text.includes(toHex(data)))
    assertNone(text, values)
  })

  it('DUKPT shows no base, initial, transaction or working key', async () => {
    for (const algorithm of ['aes-128', 'aes-256'] as const) {
      const base = `DUKPT base ${algorithm}`
      const ksn = { scheme: AES_DUKPT, id: random(8), counter: 7 }
      const transaction = hostTransactionKey(known(base), ksn)
      const working = aesWorkingKey(transaction, ksn, 'dataEncrypt', `AES${algorithm.slice(4)}` as 'AES128')
      const initial = AES_DUKPT.initialKey(known(base), ksn.id)
      const text = await written(async (hsm) => {
        const initialKsn = ksnBytes({ ...ksn, counter: 0 })
        await hsm.dukpt.deriveInitialKey({ label: `${base} initial`, base, ksn: initialKsn })
        const args = { ksn: ksnBytes(ksn), iv: random(16), data: random(32) }
        for (const key of [base, `${base} initial`]) await hsm.dukpt.decrypt({ key, ...args })
      })
      assertNone(text, new Map([...values, ...Object.entries({ initial, transaction, working })]))
    }
  })

  it('a check of a cryptogram shows neither the key of the card nor that of the session', async () => {
    const key = 'card cryptogram aes-128'
    const data = Uint8Array.from([...ATC, ...random(147)])
    const session = aesCmac(known(key), sessionKeyInput(ATC))
    const text = await written((hsm) =>
      hsm.interledger.verifyArqc({ scheme: 'interledger', key, cid: 0x80, data, cryptogram: random(8) }),
    )
    assertNone(text, new Map([...values, ['session key', session]]))
  })

  it('keys that are made show themselves only wrapped', async () => {
    const made = new Map<string, Uint8Array>()
    const transportKey = 'card transport aes-128'
    const text = await written(async (hsm) => {
      for (const algorithm of ['aes-128', 'ec-p256'] as const) {
        const { wrapped } = await hsm.interledger.generateCardKey({
          label: `made ${algorithm}`,
          algorithm,
          transportKey,
        })
        const decipher = createDecipheriv('id-aes128-wrap-pad', known(transportKey), WRAP_PAD_IV)
        const clear = Buffer.concat([decipher.update(wrapped), decipher.final()])
        // The private value of PKCS#8 lies behind its headers (RFC 5915).
        const value =
          algorithm === 'aes-128' ? clear : clear.subarray(clear.indexOf('0420', 'hex') + 2).subarray(0, 32)
        made.set(`card key ${algorithm}`, value)
      }
    })
    assertNone(text, new Map([...values, ...made]))
  })

  it('all of these were labelled in token', () => {
    const done = journal.entries.flatMap((entry) => (entry.kind === 'hsm' ? [entry] : []))
    for (const { operation, where } of done)
      assert.equal(where, operation === 'ImportKey' ? 'clear in signer' : 'in token', operation)
    assert.equal(new Set(done.map(({ operation }) => operation)).size, 9)
  })
})
