import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { fromHex, toHex } from '../../../protocols/bytes/bytes.ts'
import { systemClock } from '../../../protocols/clock/system-clock.ts'
import type { PersonalisationRecord } from '../../../simulators/card/personalisation.ts'
import { loadCardProfile } from '../../../simulators/card/profile.ts'
import { recordWith, TRANSPORT_KEY, wrapPrivate } from '../../../simulators/card/testing/issue.ts'
import { type CardSlot, openSlot } from '../card-slot.ts'
import { type Closer, closeAll } from '../closer.ts'
import { ConfigurationError } from '../profile.ts'
import type { Admin } from '../seeding.ts'
import { OutsideIssuer } from './outside-issuer.ts'

const AES = recordWith()
const P256 = recordWith({
  algorithm: 'ec-p256',
  wrapped: wrapPrivate(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey),
})
const EUR = { value: 5_000n, currency: 'EUR', scale: 2 }
const ORDINARY = loadCardProfile('interledger')
const SELECT = fromHex('00A404000AA00000015103010C060100')
const GPO = fromHex('80A8000002830000')
const SOON = 5_000

/** A folder with these records and a card slot; both are away after the test. */
async function bench(t: TestContext, records: readonly PersonalisationRecord[]) {
  const folder = await mkdtemp(join(tmpdir(), 'tb-outside-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  for (const [index, record] of records.entries())
    await writeFile(join(folder, `${index}.json`), JSON.stringify(record))
  return { folder, slot: await openSlot('loopback', folder, systemClock) }
}

/** Opens the issuer; its folder is free again after the test, or when `closers` are called. */
function open(t: TestContext, folder: string, transportKey = TRANSPORT_KEY, closers: Closer[] = []) {
  t.after(() => closeAll(closers))
  const urls = { webhookUrl: 'https://issuer.example/webhooks', ratesUrl: 'https://issuer.example/rates' }
  const cards = { records: folder, transportKey: toHex(transportKey) }
  return OutsideIssuer.open({ socket: 'external', ...urls, decisionsUrl: null, cards }, closers)
}

/** A Rafiki that knows every wallet address, in this currency, and no payments. */
function rafiki(code = 'EUR', scale = 2): Admin {
  const empty = { edges: [] }
  const answer = {
    walletAddressByUrl: { id: 'wallet-1', asset: { code, scale } },
    walletAddress: { outgoingPayments: empty, incomingPayments: empty },
    webhookEvents: empty,
  }
  return { run: async () => answer as never }
}

/** Uses the card that is in the slot for so many transaction counters. */
async function use({ reader }: CardSlot, times: number): Promise<void> {
  const connection = await reader.connect(SOON)
  for (let count = 0; count < times; count += 1) {
    await connection.transmit(SELECT)
    await connection.transmit(GPO)
  }
  await connection.disconnect()
}

test('the cardholder is whoever has the card, with what a scenario says; what kinds of keys there are', async (t) => {
  const { folder } = await bench(t, [AES, P256])
  const issuer = await open(t, folder)
  const { walletAddress, walletAddressId, opened } = await issuer.holder(rafiki(), EUR)
  assert.deepEqual([walletAddress, walletAddressId, opened], [AES.walletAddress, 'wallet-1', 5_000n])
  assert.deepEqual(issuer.algorithms, ['aes-128', 'ec-p256'])
})

test('a card counts on where it was left, also in the next bench', async (t) => {
  const { folder, slot } = await bench(t, [AES])
  for (const [times, last] of [
    [3, 3],
    [2, 5],
  ] as const) {
    const closers: Closer[] = []
    const issuer = await open(t, folder, TRANSPORT_KEY, closers)
    const holder = await issuer.holder(rafiki(), EUR)
    const { image } = await issuer.card(holder, ORDINARY, {}, slot)
    await slot.insert(image)
    await use(slot, times)
    await issuer.countOn(slot)
    assert.equal(await readFile(join(folder, '0.atc'), 'utf8'), `${last}\n`)
    await closeAll(closers)
  }
})

test('a second card of a scenario counts on where the first was left; one that no reader saw does not count', async (t) => {
  const { folder, slot } = await bench(t, [AES])
  const issuer = await open(t, folder)
  const holder = await issuer.holder(rafiki(), EUR)
  const first = await issuer.card(holder, ORDINARY, {}, slot)
  await slot.insert(first.image)
  await use(slot, 4)
  assert.equal((await issuer.card(holder, ORDINARY, {}, slot)).image.atc, 4)
  assert.equal((await issuer.card(holder, ORDINARY, {}, slot)).image.atc, 4)
})

test('a card whose counter stands still has a number that its issuer has not seen', async (t) => {
  const { folder, slot } = await bench(t, [AES])
  await writeFile(join(folder, '0.atc'), '7')
  const issuer = await open(t, folder)
  const holder = await issuer.holder(rafiki(), EUR)
  const { image } = await issuer.card(holder, ORDINARY, { freezeAtc: true }, slot)
  assert.equal(image.atc, 8)
})

test('an ordinary card is one of P-256 where no other was handed over; another profile is not changed', async (t) => {
  const { folder, slot } = await bench(t, [P256])
  const issuer = await open(t, folder)
  const holder = await issuer.holder(rafiki(), EUR)
  const { image } = await issuer.card(holder, ORDINARY, {}, slot)
  assert.equal(image.profile.name, 'interledger-p256')
  await assert.rejects(
    issuer.card(holder, loadCardProfile('interledger-pin'), {}, slot),
    /expected a personalisation record with a key of aes-128 in customerAse\.cards\.records, for card profile interledger-pin$/,
  )
})

test('a card for a reader: the first that fits, whoever its holder is', async (t) => {
  const { folder, slot } = await bench(t, [AES, { ...P256, walletAddress: 'https://wallet.example/bob' }])
  const issuer = await open(t, folder)
  const image = await issuer.anyCard(loadCardProfile('interledger-p256'), slot)
  assert.equal(image.personalised.C1, toHex(Buffer.from('$wallet.example/bob', 'ascii')))
})

test('two benches do not count one card', async (t) => {
  const { folder } = await bench(t, [AES])
  await open(t, folder)
  await assert.rejects(open(t, folder), /expected \S+ to be free, process \d+ works on it/)
})

test('another transport key: the file is named', async (t) => {
  const { folder, slot } = await bench(t, [AES])
  const issuer = await open(t, folder, new Uint8Array(16))
  const holder = await issuer.holder(rafiki(), EUR)
  await assert.rejects(issuer.card(holder, ORDINARY, {}, slot), (error: Error) => {
    assert.ok(error instanceof ConfigurationError)
    assert.match(error.message, /\/0\.json: key\.wrapped: .*it does not unwrap/)
    return true
  })
})

test('an account in another currency, a wallet address that Rafiki does not know, and no cards at all', async (t) => {
  const { folder } = await bench(t, [AES])
  const issuer = await open(t, folder)
  await assert.rejects(issuer.holder(rafiki('JPY', 0), EUR), /currencies, JPY, got "EUR"$/)
  const nobody: Admin = { run: async () => ({ walletAddressByUrl: null }) as never }
  await assert.rejects(
    issuer.holder(nobody, EUR),
    /expected the customer's Rafiki to know https:\/\/wallet\./,
  )
  const urls = { webhookUrl: 'https://issuer.example/webhooks', ratesUrl: 'https://issuer.example/rates' }
  const cardless = await OutsideIssuer.open(
    { socket: 'external', ...urls, decisionsUrl: null, cards: null },
    [],
  )
  await assert.rejects(cardless.holder(rafiki(), EUR), /only a card in a reader can pay \(tap --reader\)$/)
})
