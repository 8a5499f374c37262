import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { after, before, describe, test } from 'node:test'
import { isRevoked, parseCrl } from '../../protocols/cms/crl.ts'
import { identityOf } from '../../protocols/cms/identity.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { TRUST_REASONS, type TrustReason } from '../../protocols/onboarding/reasons.ts'
import { signerOf, testRoot } from '../../protocols/x509/testing/authority.ts'
import { HttpClient } from '../../simulators/common/http-client.ts'
import { testKeys } from '../../simulators/common/testing/test-keys.ts'
import { Registry } from '../../simulators/merchant-ase/registry.ts'
import { Device } from '../../simulators/pos/device/device.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import type { CeremonyOutcome } from '../../simulators/pos/onboarding/outcome.ts'
import { rotate } from '../../simulators/pos/onboarding/rotate.ts'
import { seeded, TEST_SECRETS, testDevice } from '../../simulators/pos/testing/factory.ts'
import { altering, cutAt } from './testing/faulty-http.ts'
import { forgingOnboardings, ONBOARDING_FORGERIES } from './testing/forged-onboardings.ts'
import { type OnboardingLie, onboardingBody } from './testing/onboarding-body.ts'
import { DAY, TrustRig } from './testing/rig.ts'

let rig: TrustRig
const journal = new MemoryJournal(() => 0)
before(async () => {
  rig = await TrustRig.start(journal)
})
after(() => rig.close())

const ORDER = { signingKind: 'Ed25519' } as const

function reasonOf(outcome: CeremonyOutcome): string {
  return outcome.done ? 'done' : `${outcome.by}: ${outcome.reason}`
}

async function post(body: string): Promise<{ status: number; refused: string }> {
  const call = {
    to: 'merchant-ase',
    method: 'POST',
    url: `${rig.url}/onboarding`,
    body,
    timeoutMs: 10_000,
  } as const
  const { status, body: answer } = await rig.http.call({
    ...call,
    headers: { 'content-type': 'application/json' },
  })
  return { status, refused: (answer as { refused?: string }).refused ?? 'taken' }
}

for (const signingKind of ['Ed25519', 'P-256'] as const)
  test(`a device becomes a terminal, with keys: ${signingKind}`, async () => {
    const device = await rig.newDevice()
    const activationCode = await rig.admit(device)
    assert.deepEqual(await onboard(device, { activationCode, signingKind }, rig.options()), { done: true })
    assert.deepEqual(await rotate(device, rig.options()), { done: true })
    const { terminalId, signing, receiving } = device.registration ?? assert.fail()
    assert.match(
      signing.subject,
      new RegExp(`O=shop\nOU=TB-1\nCN=${terminalId}\nserialNumber=${device.parts.serial}`),
    )
    assert.notDeepEqual(identityOf(signing).serial, identityOf(receiving).serial)
    assert.equal(device.current?.generation, 1)
    const line = (await rig.office.list()).find((one) => one.terminalId === terminalId)
    assert.equal(line?.state, 'active')
    assert.equal(line?.generation, 1)
    assert.equal(line?.rotationDue, rig.clock.now() + 30 * DAY)
  })

test('one-pass tokens do as well, and the next must be signed later', async () => {
  const device = await rig.newDevice()
  await onboard(device, { ...ORDER, activationCode: await rig.admit(device) }, rig.options())
  assert.equal(reasonOf(await rotate(device, rig.options({ passes: 1 }))), 'done')
  assert.equal(reasonOf(await rotate(device, rig.options({ passes: 1 }))), 'device: token_refused')
  rig.clock.advance(1_000)
  assert.equal(reasonOf(await rotate(device, rig.options({ passes: 1 }))), 'done')
  assert.equal(device.current?.generation, 2)
})

describe('the merchant ASE refuses', () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey
  const lies: readonly (readonly [what: string, reason: TrustReason, lie: OnboardingLie])[] = [
    [
      'a request for a certificate that another key signed',
      'signing_request_refused',
      { requestSigner: signerOf(stranger) },
    ],
    [
      'a request for a certificate that is none',
      'signing_request_refused',
      { signingRequest: Uint8Array.of(0x30, 0) },
    ],
    ['a weak key-receiving key', 'receiving_request_refused', { receivingKey: weak }],
    ['an RSA key for signatures', 'signing_key_kind', { signingKey: testKeys('device-1').privateKey }],
    ['a key-receiving key that is not RSA', 'receiving_key_kind', { receivingKey: stranger }],
    ['a request for a certificate of another serial number', 'subject_wrong', { subjectSerial: 'A-9999' }],
    ['another serial number than the manufacturer certified', 'attestation_wrong', { serial: 'A-9999' }],
    ['another model than the manufacturer certified', 'attestation_wrong', { model: 'TB-2' }],
    ['a statement that another key signed', 'attestation_wrong', { attestationSigner: signerOf(stranger) }],
    ['a statement that was changed', 'attestation_wrong', { altered: { activationCode: 'another code' } }],
    ['a manufacturer certificate that is none', 'attestation_refused', { attestation: Uint8Array.of(1) }],
    ['a serial number with a line break', 'request_malformed', { altered: { serial: 'A\n1' } }],
    ['a body without attestation', 'request_malformed', { altered: { attestation: null } }],
  ]
  for (const [what, reason, lie] of lies)
    test(what, async () => {
      const device = await rig.newDevice()
      const body = await onboardingBody(device, await rig.admit(device), lie)
      assert.deepEqual(await post(body), { status: TRUST_REASONS[reason].status, refused: reason })
    })

  test('the certificate of another manufacturer', async () => {
    const other = await testRoot(testKeys('device-2'), { subject: { commonName: 'Other factory' } })
    const device = await testDevice('B-0001', other, rig.keys.root.certificate)
    assert.equal(
      (await post(await onboardingBody(device, await rig.admit(device)))).refused,
      'attestation_refused',
    )
  })

  test('what is not JSON, or too long', async () => {
    assert.deepEqual(await post('{'), { status: 400, refused: 'request_malformed' })
    assert.deepEqual(await post(`"${'x'.repeat(70_000)}"`), { status: 400, refused: 'request_malformed' })
  })

  test('a device that is not on the allow list, of this model', async () => {
    const device = await rig.newDevice()
    const code = await rig.office.issueCode('shop', DAY)
    const outcome = await onboard(device, { ...ORDER, activationCode: code }, rig.options())
    assert.equal(reasonOf(outcome), 'merchant-ase: device_not_allowed')
    await rig.office.allowDevice(device.parts.serial, 'TB-2')
    assert.equal((await post(await onboardingBody(device, code))).refused, 'device_not_allowed')
    assert.equal(device.registration, null)
  })

  test('a device that is onboarded already', async () => {
    const device = await rig.newDevice()
    await onboard(device, { ...ORDER, activationCode: await rig.admit(device) }, rig.options())
    assert.deepEqual(await post(await onboardingBody(device, await rig.admit(device))), {
      status: 409,
      refused: 'device_onboarded',
    })
    const again = await onboard(device, { ...ORDER, activationCode: 'whatever' }, rig.options())
    assert.equal(reasonOf(again), 'device: onboarded_already')
  })

  test('a key that another terminal has', async () => {
    const { privateKey: signingKey } = generateKeyPairSync('ed25519')
    const [first, second] = [await rig.newDevice(), await rig.newDevice()]
    assert.equal(
      (await post(await onboardingBody(first, await rig.admit(first), { signingKey }))).refused,
      'taken',
    )
    assert.equal(
      (await post(await onboardingBody(second, await rig.admit(second), { signingKey }))).refused,
      'key_reused',
    )
  })

  test('an activation code that is unknown, used or expired', async () => {
    const [first, second] = [await rig.newDevice(), await rig.newDevice()]
    const code = await rig.admit(first)
    await rig.admit(second)
    assert.equal((await post(await onboardingBody(second, 'no such code'))).refused, 'code_unknown')
    assert.equal((await post(await onboardingBody(first, code))).refused, 'taken')
    assert.equal((await post(await onboardingBody(second, code))).refused, 'code_used')
    const brief = await rig.office.issueCode('shop', 1_000)
    rig.clock.advance(1_001)
    assert.equal((await post(await onboardingBody(second, brief))).refused, 'code_expired')
  })

  test('one of two devices that use a code at once', async () => {
    const [first, second] = [await rig.newDevice(), await rig.newDevice()]
    const code = await rig.admit(first)
    await rig.admit(second)
    const bodies = [await onboardingBody(first, code), await onboardingBody(second, code)]
    const answers = await Promise.all(bodies.map(post))
    assert.deepEqual(answers.map(({ refused }) => refused).toSorted(), ['code_used', 'taken'])
  })

  test('a device of a suspended merchant', async () => {
    const device = await rig.newDevice()
    const code = await rig.admit(device)
    const registry = new Registry(rig.db)
    await registry.setMerchantState('shop', 'suspended')
    assert.equal((await post(await onboardingBody(device, code))).refused, 'merchant_suspended')
    await registry.setMerchantState('shop', 'active')
    assert.equal((await post(await onboardingBody(device, code))).refused, 'taken')
  })
})

describe('the device takes nothing', () => {
  for (const [what, forgery] of Object.entries(ONBOARDING_FORGERIES))
    test(what, async () => {
      const device = await rig.newDevice()
      const order = { ...ORDER, activationCode: await rig.admit(device) }
      const http = forgingOnboardings(rig, forgery)
      assert.equal(reasonOf(await onboard(device, order, rig.options({ http }))), `device: ${forgery.reason}`)
      assert.equal(device.registration, null)
      assert.equal(reasonOf(await onboard(device, order, rig.options())), 'done')
    })

  test('from a server that its TLS root did not certify', async () => {
    const device = await rig.newDevice()
    const foreign = (
      await testRoot(generateKeyPairSync('ec', { namedCurve: 'P-256' }))
    ).certificate.toString()
    const http = new HttpClient({
      from: 'pos',
      clock: rig.clock,
      journal: rig.journal,
      trustedRoots: [foreign],
    })
    const outcome = await onboard(device, { ...ORDER, activationCode: 'some code' }, rig.options({ http }))
    await http.close()
    assert.equal(reasonOf(outcome), 'device: ase_unreachable')
  })

  test('when it was tampered with', async () => {
    const device = await rig.newDevice()
    device.tamper()
    assert.equal(
      reasonOf(await onboard(device, { ...ORDER, activationCode: 'some code' }, rig.options())),
      'device: tampered',
    )
    assert.equal(reasonOf(await rotate(device, rig.options())), 'device: tampered')
  })
})

for (const cut of ['request', 'answer'] as const)
  test(`an onboarding whose ${cut} is lost is taken up again, also after the power was lost`, async () => {
    const device = await rig.newDevice()
    const order = { ...ORDER, activationCode: await rig.admit(device) }
    let file = device.save()
    const keep = async (kept: Device) => {
      file = JSON.parse(JSON.stringify(kept.save()))
    }
    const http = cutAt(rig.http, { 0: cut })
    assert.equal(
      reasonOf(await onboard(device, order, rig.options({ http, keep }))),
      'device: ase_unreachable',
    )
    const again = Device.restore(file, TEST_SECRETS, seeded('again'))
    assert.equal(reasonOf(await onboard(again, order, rig.options({ keep }))), 'done')
    const registered = (await rig.office.list()).filter(({ serial }) => serial === device.parts.serial)
    assert.equal(registered.length, 1)
    assert.equal(
      Device.restore(file, TEST_SECRETS, seeded('x')).registration?.terminalId,
      registered[0]?.terminalId,
    )
  })

test('nothing of it is secret in the journal', async () => {
  const device = await rig.newDevice()
  const code = await rig.admit(device)
  await onboard(device, { ...ORDER, activationCode: code }, rig.options())
  await rotate(device, rig.options())
  const text = JSON.stringify(journal.entries)
  assert.ok(!text.includes(code), 'activation code')
  assert.ok(text.includes('/keys/confirm'))
})

test('a revoked certificate is on the list that the next device gets', async () => {
  const [first, second] = [await rig.newDevice(), await rig.newDevice()]
  await onboard(first, { ...ORDER, activationCode: await rig.admit(first) }, rig.options())
  const { terminalId, signing, receiving } = first.registration ?? assert.fail()
  await rig.office.retire(terminalId, 'compromised')
  let crl = new Uint8Array()
  const http = altering(rig.http, '/onboarding', (body) => {
    crl = new Uint8Array(Buffer.from(String(body.crl), 'base64'))
    return body
  })
  await onboard(second, { ...ORDER, activationCode: await rig.admit(second) }, rig.options({ http }))
  for (const certificate of [signing, receiving])
    assert.ok(isRevoked(parseCrl(crl), identityOf(certificate).serial))
})
