import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { TRUST_REASONS, type TrustReason } from '../../protocols/onboarding/reasons.ts'
import type { Device } from '../../simulators/pos/device/device.ts'
import { configure } from '../../simulators/pos/onboarding/configure.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import type { CeremonyOutcome } from '../../simulators/pos/onboarding/outcome.ts'
import { rotate, rotateIfDue } from '../../simulators/pos/onboarding/rotate.ts'
import { terminalSettings } from '../bench/terminal-settings.ts'
import { nameOf } from '../bench/terminals.ts'
import { oneOf } from '../terminals/desks.ts'
import { endingOf } from '../terminals/ending.ts'
import { onboardingBody } from '../terminals/testing/onboarding-body.ts'
import { LIES, ODD_KEYS } from '../terminals/trust-desk.ts'
import type { TapWorld } from '../world.ts'

// A device of the bench becomes the shop's terminal: the keys of the authority are in the merchant ASE's HSM.

/** How the last ceremony of a scenario ended, in words. */
const endings = new WeakMap<TapWorld, string>()
/** The activation code of the scenario's device, used or not. */
const codes = new WeakMap<TapWorld, string>()

/** Entries that a scenario's journal had when its device left the factory: the first of them has the HSM make the authority. */
const begun = new WeakMap<TapWorld, number>()

function deviceOf({ shop }: TapWorld): Device {
  return shop.device ?? assert.fail('expected a device: begin with one')
}

function note(world: TapWorld, outcome: CeremonyOutcome): void {
  endings.set(world, endingOf(outcome))
}

async function onboardWith(
  world: TapWorld,
  activationCode: string,
  signingKind: 'Ed25519' | 'P-256' = 'Ed25519',
): Promise<void> {
  codes.set(world, activationCode)
  const { terminals } = world.bench
  note(world, await onboard(deviceOf(world), { activationCode, signingKind }, terminals.options()))
}

/** Onboards as a device would that lies, or whose keys are odd. */
async function pretend(world: TapWorld, lie: (typeof LIES)[string]): Promise<void> {
  const { office, terminals, services } = world.bench
  const device = deviceOf(world)
  const body = await onboardingBody(device, await office.admit(device, world.shop.merchantId), lie())
  const answer = await terminals.http.call({
    ...{ to: 'merchant-ase', method: 'POST', url: `${services.plan.terminalsUrl}/onboarding` },
    ...{ body: JSON.parse(body), timeoutMs: 20_000 },
  })
  const { refused } = answer.body as { refused?: TrustReason }
  endings.set(world, refused === undefined ? 'done' : TRUST_REASONS[refused].text)
}

/** What the HSM did since the device left the factory. */
function operationsOf(world: TapWorld) {
  return world.journal.entries
    .slice(begun.get(world))
    .flatMap((entry) => (entry.kind === 'hsm' ? [entry] : []))
}

Given(
  'a merchant who takes {currency} and a device from the factory',
  async function (this: TapWorld, currency: string) {
    const shop = await this.bench.openShop({ currency, admission: 'none' })
    const device = await this.bench.terminals.make()
    this.shop = { ...shop, device, terminal: this.bench.configuredTerminal(device) }
    begun.set(this, this.journal.entries.length)
  },
)

Given('the settings of the shop were decided', async function (this: TapWorld) {
  const { bench } = this
  await bench.office.configure(nameOf(deviceOf(this)), await terminalSettings(bench.profile.pos.terminal))
})

When(
  'the office admits the device and it is onboarded with a signing key of {word}',
  async function (this: TapWorld, kind: 'Ed25519' | 'P-256') {
    const code = await this.bench.office.admit(deviceOf(this), this.shop.merchantId)
    await onboardWith(this, code, kind)
  },
)

When('the office admits the device and it is onboarded', async function (this: TapWorld) {
  await onboardWith(this, await this.bench.office.admit(deviceOf(this), this.shop.merchantId))
})

When("the shop's device is onboarded with the same activation code", async function (this: TapWorld) {
  await onboardWith(this, codes.get(this) ?? assert.fail('expected an activation code'))
})

When("the shop's device is onboarded without being on the allow list", async function (this: TapWorld) {
  await onboardWith(this, await this.bench.office.issueCode(this.shop.merchantId))
})

When(
  "the shop's device is onboarded with an activation code that nobody issued",
  async function (this: TapWorld) {
    await this.bench.office.admit(deviceOf(this), this.shop.merchantId)
    await onboardWith(this, 'nobody issued this')
  },
)

When(
  "the shop's device is onboarded with an activation code that another device has used",
  async function (this: TapWorld) {
    const { office, terminals } = this.bench
    const code = await office.admit(deviceOf(this), this.shop.merchantId)
    const other = await terminals.make()
    await office.admit(other, this.shop.merchantId)
    const order = { activationCode: code, signingKind: 'Ed25519' } as const
    assert.deepEqual(await onboard(other, order, terminals.options()), { done: true })
    await onboardWith(this, code)
  },
)

When("the shop's device is onboarded and lies about {}", async function (this: TapWorld, what: string) {
  await pretend(this, oneOf(LIES, what))
})

When("the shop's device is onboarded, bringing {}", async function (this: TapWorld, what: string) {
  await pretend(this, oneOf(ODD_KEYS, what))
})

When(
  /^the shop's terminal gets its keys in (one pass|two passes)$/,
  async function (this: TapWorld, how: 'one pass' | 'two passes') {
    const passes = how === 'one pass' ? 1 : 2
    note(this, await rotate(deviceOf(this), this.bench.terminals.options({ passes })))
  },
)

When("the shop's terminal asks for new keys", async function (this: TapWorld) {
  note(this, await rotate(deviceOf(this), this.bench.terminals.options()))
})

When("the shop's terminal asks for its configuration", async function (this: TapWorld) {
  note(this, await configure(deviceOf(this), this.bench.terminals.options()))
})

When(
  /^the office wants the shop's terminal to rotate its keys(, in an emergency)?$/,
  async function (this: TapWorld, emergency: string | null) {
    await this.bench.office.demandRotation(nameOf(deviceOf(this)), emergency !== null)
  },
)

When("the shop's terminal rotates its keys as it is due", async function (this: TapWorld) {
  const { outcome, rotated } = await rotateIfDue(deviceOf(this), this.bench.terminals.options())
  assert.deepEqual([outcome, rotated], [{ done: true }, true])
})

Then('its ceremony is done', function (this: TapWorld) {
  assert.equal(endings.get(this), 'done')
})

Then('its ceremony ends because {string}', function (this: TapWorld, text: string) {
  assert.equal(endings.get(this), text)
})

Then("the shop's device is no terminal", function (this: TapWorld) {
  const { registration, current } = deviceOf(this)
  assert.deepEqual([registration, current], [null, null])
})

Then("the shop's terminal has key generation {int}", function (this: TapWorld, generation: number) {
  assert.equal(deviceOf(this).current?.generation, generation)
})

Then(
  "the authority in the HSM certified the device's keys under the root that the device trusts",
  function (this: TapWorld) {
    const { parts, registration } = deviceOf(this)
    const { signing, receiving, issuers } = registration ?? assert.fail('expected an onboarded device')
    const [authority, root] = issuers
    assert.ok(authority !== undefined && root !== undefined)
    assert.deepEqual(root.raw, parts.root.raw)
    assert.ok(authority.verify(root.publicKey))
    for (const certificate of [signing, receiving]) assert.ok(certificate.verify(authority.publicKey))
  },
)

Then(
  /^the HSM did "(\w+)" (in token|clear in signer)$/,
  async function (this: TapWorld, operation: string, where: string) {
    const isIt = (entry: JournalEntry) => entry.kind === 'hsm' && entry.operation === operation
    await this.journal.until(`the HSM to do ${operation}`, isIt)
    const places = operationsOf(this).filter((entry) => entry.operation === operation)
    assert.deepEqual([...new Set(places.map((entry) => entry.where))], [where])
  },
)

Then('the HSM certified nobody', async function (this: TapWorld) {
  // What it journalled comes before the answer to a later question.
  await this.bench.services.merchant.trustRoot()
  const certified = operationsOf(this).filter(({ operation }) => operation === 'SignCertificate')
  assert.deepEqual(certified, [])
})
