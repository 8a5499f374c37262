import assert from 'node:assert/strict'
import { defineParameterType, Given, Then, When } from '@cucumber/cucumber'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { parsePayload } from '../../protocols/interledger/payload.ts'
import type { KeyPurpose } from '../../protocols/onboarding/key-purposes.ts'
import { machineRandom as random } from '../../simulators/common/machine-random.ts'
import { Device } from '../../simulators/pos/device/device.ts'
import { TransactionKeys } from '../../simulators/pos/device/transaction-keys.ts'
import type { PinEntry } from '../../simulators/pos/emv/cardholder.ts'
import { loadTerminalProfile } from '../../simulators/pos/profile.ts'
import type { SecuredMembers } from '../../simulators/pos/secured-members.ts'
import type { Terminal } from '../../simulators/pos/terminal.ts'
import type { Money } from '../bench/money.ts'
import { secretsOfPin } from '../bench/secrets.ts'
import { otherPin } from '../emv/test-cardholder.ts'
import { findSecrets } from '../report/secrets.ts'
import { SECURED_CHANGES } from '../terminals/secured-changes.ts'
import { usedUp } from '../terminals/used-up.ts'
import type { TapWorld } from '../world.ts'

// The cardholder's PIN, from the terminal's device to the issuer.

const OTHER_PAN = '4111111111111111'

const ENTRIES: Readonly<Record<string, (pin: string) => PinEntry>> = {
  'enters the right PIN': (pin) => ({ kind: 'entered', pin }),
  'enters a wrong PIN': (pin) => ({ kind: 'entered', pin: otherPin(pin) }),
  'enters no PIN': () => ({ kind: 'bypassed' }),
  'the PIN pad does not work': () => ({ kind: 'not working' }),
}

const MEMBERS: Readonly<Record<string, readonly (keyof SecuredMembers)[]>> = {
  'the PIN': ['pin'],
  'the account data': ['account'],
  'the PIN and account data': ['pin', 'account'],
}

defineParameterType({
  name: 'pinEntry',
  regexp: new RegExp(Object.keys(ENTRIES).join('|')),
  transformer: (words: string) => ENTRIES[words],
})
defineParameterType({
  name: 'securedChange',
  regexp: new RegExp(Object.keys(SECURED_CHANGES).join('|')),
  transformer: (words: string) => SECURED_CHANGES[words],
})

type Entry = (pin: string) => PinEntry

Given('the terminal makes PIN blocks of format {int}', async function (this: TapWorld, format: number) {
  await useTerminal(this, deviceOf(this), format === 0 ? 0 : 4)
})

Given(
  'the cardholder has a card {string} with a PIN of {int} digits',
  async function (this: TapWorld, profile: string, pinDigits: number) {
    await this.giveCard(profile, { pinDigits })
  },
)

Given('a terminal that makes PIN blocks for another account', function (this: TapWorld) {
  this.tamper.pinPan = OTHER_PAN
})

Given('a terminal that enciphers another account and its PIN', async function (this: TapWorld) {
  const keys = new TransactionKeys(deviceOf(this))
  const account = await keys.account(new Map([['5A', fromHex(OTHER_PAN)]]))
  const pin = await keys.pin(pinOf(this), OTHER_PAN, 4)
  assert.ok(account !== null && account !== 'exhausted' && pin !== 'exhausted')
  this.tamper.secured = () => ({ account, pin })
})

Given('a terminal that enciphers with the keys of another one', async function (this: TapWorld) {
  const other = await this.bench.terminals.onboarded(this.shop.merchantId)
  await useTerminal(this, deviceOf(this), 4, new TransactionKeys(other))
})

Given(
  'a terminal that sends {securedChange}',
  function (this: TapWorld, change: (members: SecuredMembers) => SecuredMembers) {
    this.tamper.secured = change
  },
)

Given(
  /^a terminal that sends (the PIN|the account data|the PIN and account data) of its last payment$/,
  function (this: TapWorld, what: string) {
    const former: Record<string, unknown> = JSON.parse(this.lastTap.request?.body ?? '{}')
    const taken = Object.fromEntries((MEMBERS[what] ?? []).map((name) => [name, former[name]]))
    this.tamper.secured = (members) => ({ ...members, ...taken })
  },
)

Given('a copy of the terminal is made', async function (this: TapWorld) {
  const device = deviceOf(this)
  const secrets = this.bench.terminals.secretsOf(device)
  const copy = Device.restore(device.save(), secrets, random)
  this.copy = await terminalOf(this, copy, 4)
})

Given(/^a terminal that has used up its (PIN|SRED) key$/, async function (this: TapWorld, key: KeyPurpose) {
  const secrets = this.bench.terminals.secretsOf(deviceOf(this))
  await useTerminal(this, usedUp(deviceOf(this), key, secrets, random), 4)
})

Given(
  'the merchant ASE has lost the PIN keys that it shares with the issuer',
  async function (this: TapWorld) {
    const { merchant } = this.bench.services
    await merchant.losePinKeys(true)
    this.undo.push(() => merchant.losePinKeys(false))
  },
)

Given('the HSM of the merchant ASE is gone', async function (this: TapWorld) {
  const { merchant } = this.bench.services
  await merchant.stopHsm()
  this.undo.push(() => merchant.startHsm())
})

When('the HSM of the merchant ASE is back', async function (this: TapWorld) {
  await this.undo.pop()?.()
})

When(
  'the cardholder taps for {money} and {pinEntry}',
  async function (this: TapWorld, { value, currency }: Money, entry: Entry) {
    this.pinEntry = entry(pinOf(this))
    await this.tap(value, currency)
  },
)

When(
  'the cardholder taps at the copy for {money} and {pinEntry}',
  async function (this: TapWorld, { value, currency }: Money, entry: Entry) {
    assert.ok(this.copy)
    this.pinEntry = entry(pinOf(this))
    const { terminal } = this.shop
    this.shop = { ...this.shop, terminal: this.copy }
    await this.tap(value, currency)
    this.shop = { ...this.shop, terminal }
  },
)

When(
  'the card signs {money} for another merchant and the cardholder {pinEntry}',
  async function (this: TapWorld, { value, currency }: Money, entry: Entry) {
    this.pinEntry = entry(pinOf(this))
    const { walletHost } = this.bench.services.plan
    await this.tap(value, currency, { receiver: `https://${walletHost.merchant}/another` })
  },
)

Then(/^the terminal asked for (a|no) PIN$/, function (this: TapWorld, which: string) {
  const asked = this.journal.entries.some((entry) => entry.kind === 'terminal' && entry.step === 'Online PIN')
  assert.equal(asked, which === 'a')
})

Then(/^the card has (\d) PIN (?:try|tries) left$/, async function (this: TapWorld, tries: string) {
  await this.bench.services.customer.idle()
  const card = await this.bench.services.customer.card(this.card.id)
  assert.equal(card?.pinTries, Number(tries))
})

Then('the PIN went to the issuer as {int} bytes', function (this: TapWorld, bytes: number) {
  const [sent] = sentToRafiki(this).slice(-1)
  assert.equal(/99(08|10)(\*+)$/.exec(sent ?? '')?.[2]?.length, bytes * 2)
})

Then('the PIN did not go to the issuer', function (this: TapWorld) {
  assert.deepEqual(
    sentToRafiki(this).filter((payload) => payload.endsWith('*')),
    [],
  )
})

Then('neither PIN nor account number is anywhere in the journal', function (this: TapWorld) {
  const { image } = this.card
  const pan = { name: 'PAN', digits: (image.personalised['5A'] ?? '').replace(/F$/, '') }
  const written = JSON.stringify(this.journal.entries)
  assert.deepEqual(findSecrets(written, [pan, ...secretsOfPin(pinOf(this))]), [])
})

Then('no PIN block is in the journal', function (this: TapWorld) {
  const { pin }: { pin?: { pinBlock: string } } = JSON.parse(this.lastTap.request?.body ?? '{}')
  const written = JSON.stringify(this.journal.entries)
  assert.ok(pin && written.includes('pinBlock') && !written.includes(pin.pinBlock))
  // Translated, it is in the card data that Rafiki carries: hidden wherever they are written down.
  const carried = sentToRafiki(this).filter((payload) => payload.includes('*'))
  assert.ok(carried.length > 0)
  for (const [payload] of written.matchAll(/(?<="payload":")77[0-9A-F]+(?=")/g))
    assert.equal(parsePayload(fromHex(payload)).pinData, null)
})

/** The card data of each payment that the merchant ASE asked Rafiki for. */
function sentToRafiki({ journal }: TapWorld): string[] {
  return journal.entries.flatMap((entry) => {
    if (entry.kind !== 'http' || entry.from !== 'merchant-ase' || !entry.url.endsWith('/payment')) return []
    return [(entry.requestBody as { payload: string }).payload]
  })
}

async function useTerminal(
  world: TapWorld,
  device: Device,
  format: 0 | 4,
  keys: TransactionKeys = new TransactionKeys(device),
): Promise<void> {
  world.shop = { ...world.shop, device, terminal: await terminalOf(world, device, format, keys) }
}

async function terminalOf(
  { bench, shop }: TapWorld,
  device: Device,
  pinBlockFormat: 0 | 4,
  keys: TransactionKeys = new TransactionKeys(device),
): Promise<Terminal> {
  const profile = await loadTerminalProfile(bench.profile.pos.terminal)
  const id = device.registration?.terminalId ?? profile.id
  const wallets = { [shop.currency]: shop.walletAddress }
  return bench.terminalOf({ ...profile, id, wallets, pinBlockFormat }, device, { keys })
}

function deviceOf({ shop }: TapWorld): Device {
  if (shop.device === null) throw new Error('expected an onboarded terminal: begin with one')
  return shop.device
}

function pinOf({ card }: TapWorld): string {
  if (card.pin === null) throw new Error('expected a card with a PIN: give the cardholder one')
  return card.pin
}
