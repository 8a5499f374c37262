import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { MemoryJournal } from '../../protocols/journal/memory-journal.ts'
import { KEY_PURPOSES } from '../../protocols/onboarding/key-purposes.ts'
import { TRUST_KEYS } from '../../simulators/merchant-ase/terminals/trust-ceremony.ts'
import type { TrustKeys } from '../../simulators/merchant-ase/terminals/trust-keys.ts'
import { openTrustHsm, type TrustHsm } from '../../simulators/merchant-ase/testing/trust-hsm.ts'
import type { Device } from '../../simulators/pos/device/device.ts'
import { onboard } from '../../simulators/pos/onboarding/onboard.ts'
import { rotate } from '../../simulators/pos/onboarding/rotate.ts'
import { seeded } from '../../simulators/pos/testing/factory.ts'
import { TrustRig } from './testing/rig.ts'

const journal = new MemoryJournal(() => 0)
let rig: TrustRig<TrustKeys>
let trust: TrustHsm
before(async () => {
  rig = await TrustRig.over(async (clock, recorded) => {
    trust = await openTrustHsm({ clock, journal: recorded, random: seeded('trust') })
    return trust.keys
  }, journal)
})
after(async () => {
  await rig.close()
  await trust.close()
})

const DONE = { done: true }
const operations = () => journal.entries.flatMap((entry) => (entry.kind === 'hsm' ? [entry] : []))

async function terminal(signingKind: 'Ed25519' | 'P-256'): Promise<Device> {
  const device = await rig.newDevice()
  const activationCode = await rig.admit(device)
  assert.deepEqual(await onboard(device, { activationCode, signingKind }, rig.options()), DONE)
  return device
}

/** What a PIN of the terminal's, and data of its readers, are worth to the merchant ASE. */
async function judged(device: Device): Promise<boolean> {
  const terminalId = device.registration?.terminalId ?? ''
  const verdicts = KEY_PURPOSES.map((purpose) =>
    rig.office.judgeKey(terminalId, purpose, { id: fromHex(device.current?.keys[purpose].id ?? '') }),
  )
  return (await Promise.all(verdicts)).every(({ usable }) => usable)
}

for (const kind of ['Ed25519', 'P-256'] as const)
  test(`a terminal with a signing key of ${kind} gets its certificates and keys out of the HSM, and rotates`, async () => {
    const device = await terminal(kind)
    for (const passes of [2, 1] as const) {
      assert.deepEqual(await rotate(device, rig.options({ passes })), DONE)
      assert.ok(await judged(device))
    }
    assert.equal(device.current?.generation, 2)
  })

test('data of the terminal is read in the HSM, whose base key nobody else has', async () => {
  const device = await terminal('Ed25519')
  assert.deepEqual(await rotate(device, rig.options()), DONE)
  const { handle } = device.current?.keys.SRED ?? assert.fail('no keys')
  const text = Buffer.from('track 2 of nobody')
  const { ksn, data } = device.parts.whiteBox.encipherData(handle, text) ?? assert.fail('exhausted')
  const [iv, sent] = [data.slice(0, 16), data.slice(16)]
  const read = await trust.hsm.dukpt.decrypt({ key: TRUST_KEYS.bases.AES.SRED, ksn, iv, data: sent })
  assert.deepEqual(Buffer.from(read.subarray(0, text.length)), text)
  const wrong = { key: TRUST_KEYS.bases.AES.PIN, ksn, iv, data: sent }
  assert.notDeepEqual(await trust.hsm.dukpt.decrypt(wrong), read)
})

test('what the ceremonies asked of the HSM: clear keys for the tokens alone', () => {
  const placed = (where: string) =>
    [...new Set(operations().flatMap((entry) => (entry.where === where ? [entry.operation] : [])))].sort()
  assert.deepEqual(placed('clear in signer'), ['ExportInitialKey'])
  const inToken = ['DukptDecrypt', 'GenerateBdk', 'GenerateKeyPair', 'SignCertificate', 'SignCrl']
  assert.deepEqual(placed('in token'), inToken)
})
