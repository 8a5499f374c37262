import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { Device } from '../../simulators/pos/device/device.ts'
import { KeyStore } from '../../simulators/pos/device/key-store.ts'
import { configure, profileInForce } from '../../simulators/pos/onboarding/configure.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import type { CeremonyOutcome } from '../../simulators/pos/onboarding/outcome.ts'
import { loadTerminalProfile } from '../../simulators/pos/profile.ts'
import { seeded, TEST_SECRETS } from '../../simulators/pos/testing/factory.ts'
import { terminalSettings } from '../bench/terminal-settings.ts'
import { altering, cutAt } from './testing/faulty-http.ts'
import { CONFIGURATION_FORGERIES, forgingConfigurations } from './testing/forged-configurations.ts'
import { DAY, TrustRig } from './testing/rig.ts'

const WALLETS = ['EUR', 'USD'].map((assetCode) => ({
  walletAddress: `https://shop.tapbench.example/${assetCode.toLowerCase()}`,
  assetCode,
  assetScale: 2,
}))
const contact = await terminalSettings('contact')

let rig: TrustRig
before(async () => {
  rig = await TrustRig.start()
})
after(() => rig.close())

let count = 0

/** A terminal of a merchant of its own, with decided settings. */
async function terminal(): Promise<{ device: Device; terminalId: string; merchantId: string }> {
  const merchantId = `configured-${++count}`
  await rig.merchants.onboard({ id: merchantId, name: 'A merchant', wallets: WALLETS })
  await rig.merchants.setState(merchantId, 'active')
  const device = await rig.newDevice()
  const activationCode = await rig.admit(device, merchantId)
  assert.deepEqual(await onboard(device, { activationCode, signingKind: 'Ed25519' }, rig.options()), {
    done: true,
  })
  const terminalId = device.registration?.terminalId ?? assert.fail()
  assert.equal(await rig.office.configure(terminalId, contact), 1)
  return { device, terminalId, merchantId }
}

async function configured(): ReturnType<typeof terminal> {
  const made = await terminal()
  assert.deepEqual(await configure(made.device, rig.options()), { done: true })
  return made
}

const reasonOf = (outcome: CeremonyOutcome) => (outcome.done ? 'done' : `${outcome.by}: ${outcome.reason}`)
/** As it comes back when the device is switched off and on. */
const kept = (device: Device) => Device.restore(device.save(), TEST_SECRETS, seeded('kept')).configuration
const versionOf = ({ configuration }: Device) => configuration?.version ?? null
const changed = { ...contact, country: '0250' }

test('a terminal works by what its merchant ASE decided, with the wallets of its merchant', async () => {
  const { device, terminalId } = await terminal()
  assert.deepEqual(profileInForce(device, rig.clock.now()), { ready: false, reason: 'not_configured' })
  assert.equal(reasonOf(await configure(device, rig.options())), 'done')
  const force = profileInForce(device, rig.clock.now())
  const { emv, ...expected } = await loadTerminalProfile('contact')
  const wallets = { EUR: WALLETS[0]?.walletAddress, USD: WALLETS[1]?.walletAddress }
  if (!force.ready) return assert.fail(force.reason)
  const { emv: found, ...profile } = force.profile
  assert.deepEqual(profile, { ...expected, id: terminalId, wallets })
  assert.deepEqual({ ...found, caKeys: [] }, { ...emv, caKeys: [] })
  assert.ok(found?.caKeys.every((key) => typeof key === 'object') && found.caKeys.length > 20)
})

test('a version rises with every change of settings or wallets, and with nothing else', async () => {
  const { device, terminalId, merchantId } = await configured()
  const versions = [versionOf(device)]
  const next = async (change: () => Promise<unknown>) => {
    await change()
    assert.equal(reasonOf(await configure(device, rig.options())), 'done')
    versions.push(versionOf(device))
  }
  await next(async () => {})
  await next(() => rig.office.configure(terminalId, contact))
  await next(() => rig.office.configure(terminalId, changed))
  await next(() => rig.merchants.setWallets(merchantId, WALLETS.slice(1)))
  await next(() => rig.merchants.setWallets(merchantId, WALLETS))
  assert.deepEqual(versions, [1, 1, 1, 2, 3, 4])
  const line = (await rig.office.list()).find((one) => one.terminalId === terminalId)
  assert.equal(line?.configuration, 3)
})

test('two requests at once get the same version', async () => {
  const { device, terminalId } = await configured()
  await rig.office.configure(terminalId, changed)
  const copy = Device.restore(device.save(), TEST_SECRETS, seeded('copy'))
  const outcomes = await Promise.all([configure(device, rig.options()), configure(copy, rig.options())])
  assert.deepEqual([...outcomes.map(reasonOf), versionOf(device), versionOf(copy)], ['done', 'done', 2, 2])
})

test('is in force until it expires, and longer when it is fetched again', async () => {
  const { device } = await configured()
  const ready = () => {
    const force = profileInForce(device, rig.clock.now())
    return force.ready ? 'ready' : force.reason
  }
  rig.clock.advance(7 * DAY - 1)
  assert.equal(ready(), 'ready')
  rig.clock.advance(1)
  assert.equal(ready(), 'configuration_expired')
  assert.equal(reasonOf(await configure(device, rig.options())), 'done')
  assert.deepEqual([ready(), versionOf(device)], ['ready', 1])
})

test('is the same after the power was lost', async () => {
  const { device } = await configured()
  const again = Device.restore(JSON.parse(JSON.stringify(device.save())), TEST_SECRETS, seeded('again'))
  assert.deepEqual(profileInForce(again, rig.clock.now()), profileInForce(device, rig.clock.now()))
})

test('a file whose configuration is no longer what this device sealed is not restored', async () => {
  const { device } = await configured()
  const file = device.save()
  const sealed = file.configuration ?? assert.fail()
  const last = (Number.parseInt(sealed.slice(-1), 16) ^ 1).toString(16)
  const foreign = new KeyStore(new Uint8Array(32), seeded('foreign')).seal('configuration', Buffer.from('{}'))
  const moved = device.parts.keyStore.seal('another name', Buffer.from('{}'))
  for (const configuration of [sealed.slice(0, -1) + last, sealed.slice(0, 40), foreign, moved])
    assert.throws(
      () => Device.restore({ ...file, configuration }, TEST_SECRETS, seeded('x')),
      /expected "configuration" as this device sealed it/,
    )
})

describe('the former configuration stays when the new one', () => {
  let device: Device
  before(async () => {
    const made = await configured()
    device = made.device
    await rig.office.configure(made.terminalId, changed)
  })

  for (const [what, { reason, forgery }] of Object.entries(CONFIGURATION_FORGERIES))
    test(what, async () => {
      const former = kept(device)
      const http = forgingConfigurations(rig, device, forgery)
      assert.equal(reasonOf(await configure(device, rig.options({ http }))), `device: ${reason}`)
      assert.deepEqual([versionOf(device), kept(device)], [1, former])
    })

  test('is right after all: it is taken', async () => {
    assert.equal(reasonOf(await configure(device, rig.options())), 'done')
    assert.equal(versionOf(device), 2)
  })
})

describe('never goes back', () => {
  /** A client that answers with what it saw first. */
  function replaying() {
    let first: Record<string, unknown> | null = null
    return altering(rig.http, '/configuration', (body) => {
      first ??= body
      return first
    })
  }

  test('to an older version', async () => {
    const { device, terminalId } = await terminal()
    const http = replaying()
    assert.equal(reasonOf(await configure(device, rig.options({ http }))), 'done')
    await rig.office.configure(terminalId, changed)
    assert.equal(reasonOf(await configure(device, rig.options())), 'done')
    assert.equal(reasonOf(await configure(device, rig.options({ http }))), 'device: configuration_old')
    assert.equal(versionOf(device), 2)
  })

  test('to an earlier issue of the same version', async () => {
    const { device } = await terminal()
    const http = replaying()
    assert.equal(reasonOf(await configure(device, rig.options({ http }))), 'done')
    assert.equal(reasonOf(await configure(device, rig.options({ http }))), 'done')
    rig.clock.advance(1_000)
    assert.equal(reasonOf(await configure(device, rig.options())), 'done')
    assert.equal(reasonOf(await configure(device, rig.options({ http }))), 'device: configuration_old')
  })

  test('to another content of the same version', async () => {
    const { device } = await configured()
    const document = (one: Record<string, unknown>) => ({ ...one, settings: changed })
    const http = forgingConfigurations(rig, device, { document })
    assert.equal(reasonOf(await configure(device, rig.options({ http }))), 'device: configuration_old')
  })

  test('to what it was for another terminal', async () => {
    const [first, second] = [await configured(), await configured()]
    const http = replaying()
    await configure(first.device, rig.options({ http }))
    assert.equal(
      reasonOf(await configure(second.device, rig.options({ http }))),
      'device: configuration_foreign',
    )
  })
})

describe('nothing is taken', () => {
  for (const cut of ['request', 'answer'] as const)
    test(`when the ${cut} is lost`, async () => {
      const { device, terminalId } = await configured()
      const { configuration } = device
      await rig.office.configure(terminalId, changed)
      const http = cutAt(rig.http, { 0: cut })
      assert.equal(reasonOf(await configure(device, rig.options({ http }))), 'device: ase_unreachable')
      assert.equal(device.configuration, configuration)
    })

  test('of an answer in another form', async () => {
    const { device } = await configured()
    const http = altering(rig.http, '/configuration', ({ crl: _, ...body }) => body)
    assert.equal(reasonOf(await configure(device, rig.options({ http }))), 'device: answer_malformed')
  })

  test('before anybody decided on settings, or before onboarding, or after the device was opened', async () => {
    const device = await rig.newDevice()
    assert.equal(reasonOf(await configure(device, rig.options())), 'device: not_onboarded')
    await onboard(device, { activationCode: await rig.admit(device), signingKind: 'Ed25519' }, rig.options())
    assert.equal(reasonOf(await configure(device, rig.options())), 'merchant-ase: configuration_missing')
    device.tamper()
    assert.equal(reasonOf(await configure(device, rig.options())), 'device: tampered')
  })

  test('while the merchant is suspended', async () => {
    const { device, merchantId } = await configured()
    await rig.merchants.setState(merchantId, 'suspended')
    assert.equal(reasonOf(await configure(device, rig.options())), 'merchant-ase: merchant_suspended')
    await rig.merchants.setState(merchantId, 'active')
    assert.equal(reasonOf(await configure(device, rig.options())), 'done')
  })

  test('and nothing stays when the terminal is taken out of service', async () => {
    const { device, terminalId } = await configured()
    await rig.office.retire(terminalId, 'compromised')
    assert.equal(reasonOf(await configure(device, rig.options())), 'merchant-ase: terminal_compromised')
    assert.deepEqual([device.configuration, device.save().configuration], [null, null])
    assert.deepEqual(profileInForce(device, rig.clock.now()), { ready: false, reason: 'not_configured' })
  })
})
