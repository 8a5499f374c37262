import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import type { HttpCall } from '../../simulators/common/http-client.ts'
import { officeService } from '../../simulators/merchant-ase/merchants/office-service.ts'
import { Registry } from '../../simulators/merchant-ase/registry.ts'
import type { Device } from '../../simulators/pos/device/device.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import { rotate } from '../../simulators/pos/onboarding/rotate.ts'
import { askOffice } from './testing/people.ts'
import { OFFICE_SECRET, TrustRig } from './testing/rig.ts'

const EUR = { walletAddress: 'https://shop.tapbench.example/eur', assetCode: 'EUR', assetScale: 2 }

let rig: TrustRig
const journal = new MemoryJournal(() => 0)
before(async () => {
  rig = await TrustRig.start(journal)
})
after(() => rig.close())

const ask = (method: HttpCall['method'], path: string, body?: unknown) => askOffice(rig, method, path, body)

async function told(method: HttpCall['method'], path: string, body?: unknown): Promise<string> {
  const { status, body: answer } = await ask(method, path, body)
  return `${status} ${answer.refused ?? 'done'}`
}

let count = 0

/** A merchant of its own for a test. */
async function merchant(
  state: 'onboarded' | 'active' = 'active',
  wallets: unknown[] = [EUR],
): Promise<string> {
  const id = `merchant-${++count}`
  assert.equal(await told('POST', '/merchants', { id, name: 'A merchant', wallets }), '200 done')
  if (state === 'active') assert.equal(await told('PUT', `/merchants/${id}/state`, { state }), '200 done')
  return id
}

async function terminalOf(merchantId: string): Promise<{ device: Device; terminalId: string }> {
  const device = await rig.newDevice()
  const activationCode = await rig.admit(device, merchantId)
  const order = { activationCode, signingKind: 'Ed25519' } as const
  assert.deepEqual(await onboard(device, order, rig.options()), { done: true })
  return { device, terminalId: device.registration?.terminalId ?? assert.fail() }
}

test('a merchant is onboarded, activated, suspended, activated again and closed', async () => {
  const id = await merchant('onboarded', [{ ...EUR, walletAddressId: 'id of Rafiki', limit: '5000' }])
  const states: unknown[] = []
  for (const state of ['active', 'suspended', 'active', 'closed'] as const) {
    const { body } = await ask('PUT', `/merchants/${id}/state`, { state })
    states.push((body.merchant as { state: string }).state)
  }
  assert.deepEqual(states, ['active', 'suspended', 'active', 'closed'])
  const { body } = await ask('GET', `/merchants/${id}`)
  const wallets = [{ ...EUR, walletAddressId: 'id of Rafiki', limit: '5000' }]
  assert.deepEqual(body.merchant, { id, name: 'A merchant', state: 'closed', wallets, terminals: [] })
  const { body: all } = await ask('GET', '/merchants')
  assert.ok((all.merchants as { id: string }[]).some((one) => one.id === id))
})

describe('the office refuses', () => {
  const malformed: Readonly<Record<string, unknown>> = {
    'without an id': { name: 'A', wallets: [] },
    'with a field nobody knows': { id: 'a', name: 'A', wallets: [], colour: 'red' },
    'with an id that leads elsewhere': { id: '../a', name: 'A', wallets: [] },
    'with two wallets of a currency': { id: 'a', name: 'A', wallets: [EUR, EUR] },
    'with a wallet that is no address': { id: 'a', name: 'A', wallets: [{ ...EUR, walletAddress: 'x' }] },
    'with a limit of nothing': { id: 'a', name: 'A', wallets: [{ ...EUR, limit: 0 }] },
    'with a currency in small letters': { id: 'a', name: 'A', wallets: [{ ...EUR, assetCode: 'eur' }] },
  }
  for (const [what, body] of Object.entries(malformed))
    test(`a merchant ${what}`, async () =>
      assert.equal(await told('POST', '/merchants', body), '400 request_malformed'))

  test('a merchant who is there already', async () => {
    const id = await merchant()
    assert.equal(await told('POST', '/merchants', { id, name: 'B' }), '409 merchant_exists')
  })

  test('to activate a merchant without a wallet address, and to take the last one of an active merchant', async () => {
    const id = await merchant('onboarded', [])
    const activate = () => told('PUT', `/merchants/${id}/state`, { state: 'active' })
    assert.equal(await activate(), '409 merchant_without_wallet')
    assert.equal(await told('PUT', `/merchants/${id}/wallets`, { wallets: [EUR] }), '200 done')
    assert.equal(await activate(), '200 done')
    assert.equal(
      await told('PUT', `/merchants/${id}/wallets`, { wallets: [] }),
      '409 merchant_without_wallet',
    )
  })

  test('to suspend who was never active', async () => {
    const id = await merchant('onboarded')
    assert.equal(
      await told('PUT', `/merchants/${id}/state`, { state: 'suspended' }),
      '409 merchant_state_wrong',
    )
  })

  test('everything for a closed merchant', async () => {
    const id = await merchant()
    await ask('PUT', `/merchants/${id}/state`, { state: 'closed' })
    const wrong = '409 merchant_state_wrong'
    for (const state of ['active', 'suspended'])
      assert.equal(await told('PUT', `/merchants/${id}/state`, { state }), wrong)
    assert.equal(await told('PUT', `/merchants/${id}/wallets`, { wallets: [EUR] }), wrong)
    assert.equal(await told('POST', `/merchants/${id}/activation-codes`, { validForHours: 1 }), wrong)
    const registry = new Registry(rig.db)
    await assert.rejects(registry.registerMerchant({ id, name: 'A', wallets: [] }), /is closed/)
    await assert.rejects(registry.setMerchantState(id, 'active'), /is closed/)
  })

  test('what is for a merchant or a terminal that nobody knows', async () => {
    const asked = [
      ['GET', '/merchants/nobody', undefined],
      ['PUT', '/merchants/nobody/state', { state: 'active' }],
      ['PUT', '/merchants/nobody/wallets', { wallets: [EUR] }],
      ['POST', '/merchants/nobody/activation-codes', { validForHours: 1 }],
      ['PUT', '/terminals/nobody/settings', { settings: {} }],
      ['PUT', '/terminals/nobody/state', { state: 'compromised' }],
      ['POST', '/terminals/nobody/rotation', undefined],
    ] as const
    for (const [method, path, body] of asked)
      assert.match(await told(method, path, body), /^404 (merchant|terminal)_unknown$/, path)
  })

  for (const authorization of [
    '',
    OFFICE_SECRET,
    `Basic ${OFFICE_SECRET}`,
    `Bearer ${OFFICE_SECRET}x`,
    'Bearer x',
  ])
    test(`who shows "${authorization.replace(OFFICE_SECRET, '‹secret›')}"`, async () => {
      const { status, body } = await askOffice(rig, 'GET', '/merchants', undefined, authorization)
      const malformed = await askOffice(rig, 'POST', '/merchants', '{', authorization)
      assert.deepEqual([status, body.refused, malformed.status], [401, 'secret_wrong', 401])
    })

  test('what is not JSON', async () =>
    assert.equal(await told('POST', '/merchants', '{'), '400 request_malformed'))
})

test('a secret that is too short opens no office', () => {
  const { merchants, office, journal } = rig
  const terminals = async () => office
  const options = { host: '127.0.0.1', port: 1, secret: 'short', merchants, terminals, journal }
  assert.throws(() => officeService(options), /16 characters or more, got 5/)
})

test('the whole life of a terminal goes through the office', async () => {
  const id = await merchant()
  const device = await rig.newDevice()
  const { serial, model } = device.parts
  assert.equal(await told('POST', '/devices', { serial, model }), '200 done')
  const { body } = await ask('POST', `/merchants/${id}/activation-codes`, { validForHours: 1 })
  const order = { activationCode: String(body.activationCode), signingKind: 'P-256' } as const
  assert.deepEqual(await onboard(device, order, rig.options()), { done: true })
  assert.deepEqual(await rotate(device, rig.options()), { done: true })
  const terminalId = device.registration?.terminalId
  assert.equal(await told('POST', `/terminals/${terminalId}/rotation`), '200 done')
  assert.equal(
    await told('POST', `/terminals/${terminalId}/rotation`, { emergency: 1 }),
    '400 request_malformed',
  )
  const line = async () => {
    const { terminals } = (await ask('GET', '/terminals')).body as { terminals: Record<string, unknown>[] }
    return terminals.find((one) => one.terminalId === terminalId)
  }
  assert.deepEqual(
    [(await line())?.merchantId, (await line())?.rotationDue, (await line())?.configuration],
    [id, rig.clock.now(), null],
  )
  const { merchant: shown } = (await ask('GET', `/merchants/${id}`)).body as {
    merchant: { terminals: unknown }
  }
  assert.deepEqual(shown.terminals, [terminalId])
  assert.equal(await told('PUT', `/terminals/${terminalId}/state`, { state: 'decommissioned' }), '200 done')
  assert.equal((await line())?.state, 'decommissioned')
  assert.equal(await told('POST', `/terminals/${terminalId}/rotation`), '404 terminal_unknown')
  assert.ok(!JSON.stringify(journal.entries).includes(order.activationCode), 'activation code in the journal')
  assert.ok(!JSON.stringify(journal.entries).includes(OFFICE_SECRET), 'secret in the journal')
})

describe("a merchant's state decides", () => {
  const states = [
    ['onboarded', 'merchant is not activated yet'],
    ['suspended', 'merchant is suspended'],
    ['closed', 'merchant is closed'],
  ] as const
  for (const [state, reason] of states)
    test(`${state}: on onboarding`, async () => {
      const id = await merchant(state === 'onboarded' ? 'onboarded' : 'active')
      const device = await rig.newDevice()
      const activationCode = await rig.admit(device, id)
      if (state !== 'onboarded') await rig.merchants.setState(id, state)
      const order = { activationCode, signingKind: 'Ed25519' } as const
      const outcome = await onboard(device, order, rig.options())
      assert.equal(outcome.done ? 'done' : outcome.detail, reason)
    })

  test('on payments: none while suspended, again when activated', async () => {
    const id = await merchant()
    const { device } = await terminalOf(id)
    assert.equal(await rig.payments.pay(device), 'Approved')
    await rig.merchants.setState(id, 'suspended')
    assert.equal(await rig.payments.pay(device), 'merchant is suspended')
    await rig.merchants.setState(id, 'active')
    assert.equal(await rig.payments.pay(device), 'Approved')
    await rig.merchants.setWallets(id, [{ ...EUR, limit: 1_000n }])
    assert.equal(await rig.payments.pay(device), 'amount is over the limit of the merchant')
    await rig.merchants.setWallets(id, [{ ...EUR, assetCode: 'USD' }])
    assert.match(await rig.payments.pay(device), /^merchant does not take this currency/)
  })

  test('closed: its terminals go out of service, all of them, also when it was cut', async () => {
    const id = await merchant()
    const terminals = [await terminalOf(id), await terminalOf(id)]
    const { device: kept } = await terminalOf(await merchant())
    let retired = 0
    const { retire } = rig.office
    rig.office.retire = async (...args) => {
      if (++retired === 2) throw new Error('cut')
      await retire.apply(rig.office, args)
    }
    await assert.rejects(rig.merchants.setState(id, 'closed'), /cut/)
    rig.office.retire = retire
    for (const { device } of terminals)
      assert.match(
        await rig.payments.pay(device),
        /^(merchant is closed|terminal's certificate is refused \(it was revoked\))$/,
      )
    await rig.merchants.setState(id, 'closed')
    for (const { device, terminalId } of terminals) {
      assert.equal(await rig.payments.pay(device), "terminal's certificate is refused (it was revoked)")
      const line = (await rig.office.list()).find((one) => one.terminalId === terminalId)
      assert.equal(line?.state, 'decommissioned')
    }
    assert.equal(await rig.payments.pay(kept), 'Approved')
  })
})
