import assert from 'node:assert/strict'
import { Given, Then, When } from '@cucumber/cucumber'
import type { HttpCall } from '../../simulators/common/http-client.ts'
import { OFFICE_REASONS, type OfficeReason } from '../../simulators/merchant-ase/merchants/office-answer.ts'
import { begin, deskOf, oneOf } from '../terminals/desks.ts'
import { askOffice } from '../terminals/testing/people.ts'
import { OFFICE_SECRET } from '../terminals/testing/rig.ts'
import type { TapWorld } from '../world.ts'

// What the merchant ASE's own people do about merchants, over the API of their office.

type Answered = { status: number; body: Record<string, unknown> }
type Moved = 'activates' | 'suspends' | 'closes'

const STATES: Readonly<Record<Moved, string>> = {
  activates: 'active',
  suspends: 'suspended',
  closes: 'closed',
}
const SECRETS: Readonly<Record<string, string>> = {
  nothing: '',
  'another secret': 'Bearer another secret of somebody',
  'the secret without its scheme': OFFICE_SECRET,
}

let merchants = 0
const answers = new WeakMap<TapWorld, Answered>()

const walletOf = (assetCode: string, limit?: number) => ({
  walletAddress: `https://shop.tapbench.example/${assetCode.toLowerCase()}`,
  assetCode,
  assetScale: 2,
  ...(limit === undefined ? {} : { limit }),
})

async function ask(world: TapWorld, method: HttpCall['method'], path: string, body?: unknown): Promise<void> {
  answers.set(world, await askOffice(deskOf(world).rig, method, path, body))
}

function answerOf(world: TapWorld): Answered {
  return answers.get(world) ?? assert.fail('expected an answer of the office: ask it first')
}

async function onboardMerchant(world: TapWorld, wallets: unknown[]): Promise<void> {
  const desk = await begin(world)
  desk.merchantId = `merchant-${++merchants}`
  await ask(world, 'POST', '/merchants', { id: desk.merchantId, name: 'A merchant', wallets })
  assert.equal(answerOf(world).status, 200)
}

async function move(world: TapWorld, moved: Moved): Promise<void> {
  await ask(world, 'PUT', `/merchants/${deskOf(world).merchantId}/state`, { state: STATES[moved] })
}

Given('a merchant who was onboarded', async function (this: TapWorld) {
  await onboardMerchant(this, [walletOf('EUR')])
})

Given('a merchant who was onboarded without a wallet address', async function (this: TapWorld) {
  await onboardMerchant(this, [])
})

Given('a merchant with an onboarded terminal', async function (this: TapWorld) {
  await onboardMerchant(this, [walletOf('EUR')])
  await move(this, 'activates')
  const desk = deskOf(this)
  await desk.onboard(await desk.admit())
  await desk.rotate()
  assert.equal(desk.ended, 'done')
})

When(/^the office (activates|suspends|closes) the merchant$/, async function (this: TapWorld, moved: Moved) {
  await move(this, moved)
})

When('the merchant gets a wallet address for {word}', async function (this: TapWorld, currency: string) {
  await ask(this, 'PUT', `/merchants/${deskOf(this).merchantId}/wallets`, { wallets: [walletOf(currency)] })
})

When('the merchant gets a limit of {int} minor units', async function (this: TapWorld, limit: number) {
  const wallets = [walletOf('EUR', limit)]
  await ask(this, 'PUT', `/merchants/${deskOf(this).merchantId}/wallets`, { wallets })
})

When('the same merchant is onboarded again', async function (this: TapWorld) {
  await ask(this, 'POST', '/merchants', { id: deskOf(this).merchantId, name: 'Another' })
})

When('somebody shows {} at the office', async function (this: TapWorld, what: string) {
  const { rig } = deskOf(this)
  answers.set(this, await askOffice(rig, 'GET', '/merchants', undefined, oneOf(SECRETS, what)))
})

Then('the office says that the merchant is {string}', async function (this: TapWorld, state: string) {
  await ask(this, 'GET', `/merchants/${deskOf(this).merchantId}`)
  const { merchant } = answerOf(this).body as { merchant: { state: string } }
  assert.equal(merchant.state, state)
})

Then('the office refuses because {string}', function (this: TapWorld, text: string) {
  const { refused } = answerOf(this).body as { refused?: OfficeReason }
  assert.equal(refused === undefined ? 'done' : OFFICE_REASONS[refused].text, text)
})

Then('a payment of the terminal ends with {string}', async function (this: TapWorld, ending: string) {
  const { rig, device } = deskOf(this)
  assert.equal(await rig.payments.pay(device), ending)
})

Then('the registry of terminals shows it as {string}', async function (this: TapWorld, state: string) {
  const { rig, terminalId } = deskOf(this)
  const line = (await rig.office.list()).find((one) => one.terminalId === terminalId)
  assert.equal(line?.state, state)
})
