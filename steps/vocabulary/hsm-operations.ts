import assert from 'node:assert/strict'
import { createDecipheriv, createHash, createPrivateKey, createPublicKey, verify } from 'node:crypto'
import { Then, When } from '@cucumber/cucumber'
import type { SecretAlgorithm } from '../../hardware/hsm/hierarchy/algorithms.ts'
import type { CardKeyAlgorithm, GenerateMac } from '../../hardware/hsm/hsm.ts'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { AES_DUKPT, aesWorkingKey } from '../../protocols/dukpt/aes.ts'
import { hostTransactionKey } from '../../protocols/dukpt/host.ts'
import { ksnBytes } from '../../protocols/dukpt/ksn.ts'
import { CDOL1_DATA_BYTES, CID } from '../../protocols/interledger/application.ts'
import { aesCryptogram, ecdsaCryptogram } from '../../protocols/interledger/cryptogram.ts'
import type { HsmDesk } from '../hsm/hsm-desk.ts'
import { published } from '../hsm/published.ts'
import { shownBy } from '../hsm/published-cards.ts'
import { CHECK_VALUES, encrypted, MACS } from '../hsm/software.ts'
import { findSecrets } from '../report/secrets.ts'
import type { TapWorld } from '../world.ts'

type Method = GenerateMac['method']
type Mode = 'ecb' | 'cbc'

/** RFC 5649, 3: the alternative initial value of AES Key Wrap with Padding. */
const WRAP_PAD_IV = Buffer.from('A65959A6', 'hex')
const KSN_ID_BYTES = 8

When(
  'key {string} makes the MAC {string} of {int} bytes',
  async function (this: TapWorld, key: string, method: string, length: number) {
    await makeMac(this.hsmDesk, key, method as Method, this.hsmDesk.random(length))
  },
)

When('key {string} makes {int} MACs at once', async function (this: TapWorld, key: string, count: number) {
  const { hsmDesk } = this
  const data = hsmDesk.random(20)
  const mac = () => hsmDesk.hsm.generateMac({ key, method: 'aes-cmac', data })
  await hsmDesk.ask(async () => {
    const macs = await Promise.all(Array.from({ length: count }, mac))
    return new Set(macs.map(toHex)).size === 1
  })
})

When(
  /^key "([^"]*)" checks the MAC "([^"]*)" of (\d+) bytes, (?:whole|cut to (\d+) bytes|(with a bit changed))$/,
  async function (
    this: TapWorld,
    key: string,
    method: string,
    length: string,
    cut: string | null,
    wrong: string | null,
  ) {
    const { hsmDesk } = this
    const data = hsmDesk.random(Number(length))
    const mac = MACS[method as Method](hsmDesk.value(key), data)
    if (wrong !== null) mac[0] = (mac[0] ?? 0) ^ 1
    const shown = mac.slice(0, cut === null ? mac.length : Number(cut))
    await hsmDesk.ask(() => hsmDesk.hsm.verifyMac({ key, method: method as Method, data, mac: shown }))
  },
)

When(
  'key {string} encrypts {int} bytes in {word} mode',
  async function (this: TapWorld, key: string, length: number, mode: string) {
    const { hsmDesk } = this
    const args = cipherArgs(hsmDesk, key, mode as Mode, length)
    await hsmDesk.ask(() => hsmDesk.hsm.encryptData({ key, ...args }))
    hsmDesk.expected = inSoftware(hsmDesk, key, args)
  },
)

When(
  'key {string} decrypts {int} encrypted bytes in {word} mode',
  async function (this: TapWorld, key: string, length: number, mode: string) {
    const { hsmDesk } = this
    const args = cipherArgs(hsmDesk, key, mode as Mode, length)
    const data = inSoftware(hsmDesk, key, args)
    await hsmDesk.ask(() => hsmDesk.hsm.decryptData({ key, ...args, data: data ?? args.data }))
    hsmDesk.expected = args.data
  },
)

When(
  'key {string} encrypts with an initial vector of {int} bytes',
  async function (this: TapWorld, key: string, length: number) {
    const { hsmDesk } = this
    const iv = hsmDesk.random(length)
    await hsmDesk.ask(() => hsmDesk.hsm.encryptData({ key, mode: 'cbc', iv, data: hsmDesk.random(32) }))
  },
)

When('the check value of key {string} is asked for', async function (this: TapWorld, key: string) {
  const { hsmDesk } = this
  await hsmDesk.ask(() => hsmDesk.hsm.generateKcv(key))
  if (!hsmDesk.values.has(key)) return
  const { algorithm } = hsmDesk.record(key)
  hsmDesk.expected = toHex(CHECK_VALUES[algorithm as SecretAlgorithm](hsmDesk.value(key)))
})

When(
  'key pair {string} signs {int} bytes as they are',
  async function (this: TapWorld, key: string, length: number) {
    const { hsmDesk } = this
    await hsmDesk.ask(() => hsmDesk.hsm.sign({ key, data: hsmDesk.random(length) }))
  },
)

/** ECDSA signs a digest of SHA-256, Ed25519 the message. */
When(
  'key pair {string} of {word} signs a message',
  async function (this: TapWorld, key: string, algorithm: string) {
    const { hsmDesk } = this
    const { publicKey } = await hsmDesk.hsm.generateKeyPair({ label: key, algorithm: algorithm as 'ed25519' })
    const message = hsmDesk.random(200)
    const raw = algorithm === 'ed25519'
    const data = raw ? message : createHash('sha256').update(message).digest()
    await hsmDesk.ask(async () => {
      const signature = await hsmDesk.hsm.sign({ key, data })
      const checked = { key: createPublicKey(publicKey), dsaEncoding: 'ieee-p1363' as const }
      return verify(raw ? null : 'sha256', message, checked, signature)
    })
  },
)

When(
  'the initial key {string} of a device is derived from {string}',
  async function (this: TapWorld, label: string, base: string) {
    const { hsmDesk } = this
    const id = hsmDesk.random(KSN_ID_BYTES)
    const ksn = ksnBytes({ scheme: AES_DUKPT, id, counter: 0 })
    await hsmDesk.ask(async () => (await hsmDesk.hsm.dukpt.deriveInitialKey({ label, base, ksn })).kcv)
    if (!hsmDesk.values.has(base)) return
    const initial = AES_DUKPT.initialKey(hsmDesk.value(base), id)
    const { algorithm } = hsmDesk.record(base)
    hsmDesk.expected = toHex(CHECK_VALUES[algorithm as SecretAlgorithm](initial))
  },
)

When(
  'what a device of base key {string} encrypted at transaction {int} is decrypted',
  async function (this: TapWorld, base: string, counter: number) {
    const { hsmDesk } = this
    const ksn = { scheme: AES_DUKPT, id: hsmDesk.random(KSN_ID_BYTES), counter }
    const algorithm = hsmDesk.record(base).algorithm as 'aes-128'
    const type = `AES${algorithm.slice(4)}` as 'AES128'
    const key = aesWorkingKey(hostTransactionKey(hsmDesk.value(base), ksn), ksn, 'dataEncrypt', type)
    const [iv, data] = [hsmDesk.random(16), hsmDesk.random(48)]
    const sent = encrypted(algorithm, key, { mode: 'cbc', iv, data })
    await hsmDesk.ask(() => hsmDesk.hsm.dukpt.decrypt({ key: base, ksn: ksnBytes(ksn), iv, data: sent }))
    hsmDesk.expected = data
  },
)

/** The answer is its check value. */
When('the initial key of the published TDES device is derived', async function (this: TapWorld) {
  const { hsmDesk } = this
  const { bdk, ksn, ik } = published('dukpt-tdes', 'tdes-ik-1')
  await hsmDesk.importKey('bdk', 'DUKPT base', 'tdes-2', { value: fromHex(bdk) })
  const order = { label: 'ik', base: 'bdk', ksn: fromHex(ksn) }
  await hsmDesk.ask(async () => (await hsmDesk.hsm.dukpt.deriveInitialKey(order)).kcv)
  hsmDesk.know('ik', fromHex(ik))
  hsmDesk.expected = toHex(CHECK_VALUES['tdes-2'](fromHex(ik)))
})

/** `key`: bdk, the base key, or ik, the initial key. */
When(
  'the data of the published TDES DUKPT transaction {string} is decrypted with {string}',
  async function (this: TapWorld, id: string, key: string) {
    const { hsmDesk } = this
    const { ksn, dataRequestCbc, dataPlain } = published('dukpt-tdes', id)
    const sent = { ksn: fromHex(ksn), iv: new Uint8Array(8), data: fromHex(dataRequestCbc) }
    await hsmDesk.ask(() => hsmDesk.hsm.dukpt.decrypt({ key, ...sent }))
    hsmDesk.expected = fromHex(dataPlain)
  },
)

/** The published device key deciphers the same in software. */
When(
  'the data of the published AES DUKPT transaction {string} is decrypted',
  async function (this: TapWorld, id: string) {
    const { hsmDesk } = this
    const { ksn, workingKeys, transaction } = published('dukpt-aes', id)
    const { bdk } = published('dukpt-aes', 'aes128-ik')
    await hsmDesk.importKey('bdk', 'DUKPT base', 'aes-128', { value: fromHex(bdk) })
    const working = fromHex(workingKeys['dataEncrypt.AES128'])
    const sent = { ksn: fromHex(ksn), iv: new Uint8Array(16), data: fromHex(transaction.dataRequestCbc) }
    await hsmDesk.ask(() => hsmDesk.hsm.dukpt.decrypt({ key: 'bdk', ...sent }))
    const decipher = createDecipheriv('aes-128-cbc', working, sent.iv).setAutoPadding(false)
    hsmDesk.expected = new Uint8Array(decipher.update(sent.data))
  },
)

When(
  'data under a KSN of {int} zero bytes is decrypted with {string}',
  async function (this: TapWorld, length: number, key: string) {
    const { hsmDesk } = this
    const [iv, data] = [hsmDesk.random(16), hsmDesk.random(16)]
    await hsmDesk.ask(() => hsmDesk.hsm.dukpt.decrypt({ key, ksn: new Uint8Array(length), iv, data }))
  },
)

When('the cryptogram of the published card {string} is checked', async function (this: TapWorld, id: string) {
  const { hsmDesk } = this
  await hsmDesk.ask(() => hsmDesk.hsm.interledger.verifyArqc(shownBy(id)))
})

When(
  'the cryptogram of the published card {string} is checked with the key of {string}',
  async function (this: TapWorld, id: string, key: string) {
    const { hsmDesk } = this
    await hsmDesk.ask(() => hsmDesk.hsm.interledger.verifyArqc({ ...shownBy(id), key }))
  },
)

When(
  'the cryptogram of the published card {string} is checked with bit {int} of its {word} changed',
  async function (this: TapWorld, id: string, bit: number, part: string) {
    const { hsmDesk } = this
    const shown = shownBy(id)
    const bytes = shown[part as 'data' | 'cryptogram']
    bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    await hsmDesk.ask(() => hsmDesk.hsm.interledger.verifyArqc(shown))
  },
)

When(
  'the cryptogram of the published card {string} is checked with the CID {word}',
  async function (this: TapWorld, id: string, cid: string) {
    const { hsmDesk } = this
    const shown = { ...shownBy(id), cid: Number.parseInt(cid, 16) }
    await hsmDesk.ask(() => hsmDesk.hsm.interledger.verifyArqc(shown))
  },
)

When(
  'a cryptogram over {int} bytes is checked with the key of {string}',
  async function (this: TapWorld, length: number, id: string) {
    const { hsmDesk } = this
    await hsmDesk.ask(() =>
      hsmDesk.hsm.interledger.verifyArqc({ ...shownBy(id), data: hsmDesk.random(length) }),
    )
  },
)

/** The card takes its key out of the wrapping and makes a cryptogram with it. */
When(
  'a card gets a new key {string} of {word} under {string} and makes a cryptogram',
  async function (this: TapWorld, label: string, algorithm: string, transportKey: string) {
    const { hsmDesk, bench } = this
    const order = { label, algorithm: algorithm as CardKeyAlgorithm, transportKey }
    const { wrapped } = await hsmDesk.hsm.interledger.generateCardKey(order)
    const key = unwrapped(wrapped, hsmDesk.value(transportKey))
    bench.secrets.push({ name: `card key "${label}"`, bytes: key })
    const data = hsmDesk.random(CDOL1_DATA_BYTES)
    const [cid, cryptogram] =
      algorithm === 'aes-128'
        ? [CID.aes, aesCryptogram(key, data)]
        : [CID.ecdsa, ecdsaCryptogram(privateKey(key), data)]
    await hsmDesk.ask(() =>
      hsmDesk.hsm.interledger.verifyArqc({ scheme: 'interledger', key: label, cid, data, cryptogram }),
    )
  },
)

When(
  'a card key {string} is to be wrapped under {string}',
  async function (this: TapWorld, label: string, transportKey: string) {
    const { hsmDesk } = this
    await hsmDesk.ask(async () => {
      await hsmDesk.hsm.interledger.generateCardKey({ label, algorithm: 'aes-128', transportKey })
      return null
    })
  },
)

Then('the answer is what software computes with the same key', function (this: TapWorld) {
  const answer = this.hsmDesk.takeAnswer()
  assert.ok(answer !== null && this.hsmDesk.expected !== null, 'expected an answer to compare')
  assert.equal(shown(answer), shown(this.hsmDesk.expected))
})

/** A word, or bytes in hexadecimal. */
Then('the HSM answers {string}', function (this: TapWorld, text: string) {
  const answer = this.hsmDesk.takeAnswer()
  assert.equal(answer === null ? null : shown(answer), text)
})

Then('the answer is yes', function (this: TapWorld) {
  assert.equal(this.hsmDesk.takeAnswer(), true)
})

Then('the answer is no', function (this: TapWorld) {
  assert.equal(this.hsmDesk.takeAnswer(), false)
})

/** `place`: in token, clear in signer. */
Then('the key was {string} all the time', function (this: TapWorld, place: string) {
  const last = this.journal.entries.filter((entry) => entry.kind === 'hsm').at(-1)
  assert.equal(last?.where, place)
})

Then('the journal holds no key of this scenario', function (this: TapWorld) {
  const text = JSON.stringify(this.journal.entries)
  const secrets = [...this.hsmDesk.values].map(([name, bytes]) => ({ name, bytes }))
  assert.ok(secrets.length > 0 && this.journal.entries.some(({ kind }) => kind === 'hsm'))
  assert.deepEqual(findSecrets(text, secrets), [])
})

async function makeMac(desk: HsmDesk, key: string, method: Method, data: Uint8Array): Promise<void> {
  await desk.ask(() => desk.hsm.generateMac({ key, method, data }))
  const value = desk.values.get(key)
  desk.expected = value === undefined || desk.answer === null ? null : MACS[method](value, data)
}

function cipherArgs(desk: HsmDesk, key: string, mode: Mode, length: number) {
  const block = desk.record(key).algorithm.startsWith('tdes') ? 8 : 16
  return { mode, iv: mode === 'cbc' ? desk.random(block) : null, data: desk.random(length) }
}

/** Null for a key that nobody knows, and for data that OpenSSL would not take either. */
function inSoftware(desk: HsmDesk, key: string, args: ReturnType<typeof cipherArgs>): Uint8Array | null {
  const value = desk.values.get(key)
  if (value === undefined) return null
  return encrypted(desk.record(key).algorithm as SecretAlgorithm, value, args)
}

function unwrapped(wrapped: Uint8Array, transportKey: Uint8Array): Buffer {
  const decipher = createDecipheriv('id-aes128-wrap-pad', transportKey, WRAP_PAD_IV)
  return Buffer.concat([decipher.update(wrapped), decipher.final()])
}

function privateKey(pkcs8: Buffer) {
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
}

function shown(answer: NonNullable<HsmDesk['answer']>): string | boolean {
  return answer instanceof Uint8Array ? toHex(answer) : answer
}
