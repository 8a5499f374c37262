import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { fromHex, toHex } from '../../protocols/bytes/bytes.ts'
import { withPinData } from '../../protocols/interledger/payload.ts'
import { unwrapKey } from '../../protocols/keyblock/tr31/key-block.ts'
import { xor } from '../../protocols/mac/xor.ts'
import { decipherPin, encipherPin } from '../../protocols/pin/encipher.ts'
import { machineRandom as random } from '../common/machine-random.ts'
import type { CardOrder } from './cards/cards.ts'
import { shareZonePinKeys, type ZoneComponents } from './cards/pin-keys.ts'
import { CardHsm } from './testing/card-hsm.ts'
import { type Holder, Rig } from './testing/rig.ts'

const TRANSPORT = new Uint8Array(16).fill(1)
const MAILER = new Uint8Array(16).fill(2)
const COMPONENTS: ZoneComponents = [new Uint8Array(16).fill(3), new Uint8Array(16).fill(4)]
const PIN_FROM = 5_000n

interface PinHolder extends Holder {
  pan: string
  pin: string
}

describe('a card with a PIN', () => {
  let hsm: CardHsm
  let rig: Rig
  /** PIN working keys, as another ASE would have them. */
  let zone: Record<8 | 16, Uint8Array>

  before(async () => {
    hsm = await CardHsm.open(TRANSPORT, MAILER)
    const blocks = await shareZonePinKeys(hsm.hsm, COMPONENTS)
    zone = { 16: unwrapped(blocks[16]), 8: unwrapped(blocks[8]) }
    rig = await Rig.start(hsm, TRANSPORT, { pins: async () => hsm.pins })
  })
  after(async () => {
    await rig.close()
    await hsm.close()
  })

  async function holder(order: Partial<CardOrder> = {}): Promise<PinHolder> {
    const made = await rig.holder({ balance: 100_000n, pinFrom: PIN_FROM, ...order })
    const { pan, pinMailer } = made.card.record
    const letter = decipherPin({ format: 4, key: MAILER, pan }, fromHex(pinMailer ?? ''))
    return letter.ok ? { ...made, pan, pin: letter.pin } : assert.fail(letter.reason)
  }

  function block(pin: string, pan: string, format: 0 | 4 = 4): Uint8Array {
    return encipherPin({ format, key: zone[format === 4 ? 16 : 8], pan }, pin, random)
  }

  async function pay(to: PinHolder, pinData: Uint8Array | null, amount = PIN_FROM): Promise<string | null> {
    const sent = (payload: Uint8Array) => (pinData === null ? payload : withPinData(payload, pinData))
    const { decision } = await rig.tap(to, { amount, payload: sent })
    return decision === null ? assert.fail('expected a decision') : decision.code
  }

  async function tries({ card }: PinHolder): Promise<number | null> {
    return (await rig.ase.card(card.record.cardId))?.pinTries ?? null
  }

  for (const format of [0, 4] as const)
    test(`pays with the PIN of its letter, format ${format}`, async () => {
      const one = await holder()
      assert.match(one.pin, /^[0-9]{4}$/)
      assert.equal(await pay(one, block(one.pin, one.pan, format)), null)
    })

  test('wants a PIN from its amount on, and looks at one below', async () => {
    const one = await holder()
    assert.equal(await pay(one, null, PIN_FROM - 1n), null)
    assert.equal(await pay(one, null), 'pin_missing')
    assert.equal(await pay(one, block(other(one.pin), one.pan), 100n), 'pin_wrong')
  })

  test('has three tries, and all of them again after a right PIN', async () => {
    const one = await holder()
    const [right, wrong] = [() => block(one.pin, one.pan), () => block(other(one.pin), one.pan)]
    assert.equal(await pay(one, wrong()), 'pin_wrong')
    assert.equal(await pay(one, wrong()), 'pin_wrong')
    assert.equal(await tries(one), 1)
    assert.equal(await pay(one, right()), null)
    assert.equal(await tries(one), 3)
    for (let round = 0; round < 3; round++) assert.equal(await pay(one, wrong()), 'pin_wrong')
    assert.equal(await pay(one, right()), 'pin_tries_exceeded')
    assert.equal(await tries(one), 0)
    assert.equal(await pay(one, null, 100n), null)
  })

  test('loses no try to a block that nobody can read, nor to a payment that is refused for something else', async () => {
    const one = await holder({ limit: 6_000n })
    assert.equal(await pay(one, random(16)), 'pin_unreadable')
    assert.equal(await pay(one, random(8)), 'pin_unreadable')
    assert.equal(await pay(one, block(one.pin, '4111111111111111')), 'pin_unreadable')
    const event = { createdAt: new Date(rig.clock.now() - 60_000).toISOString() }
    const payload = (signed: Uint8Array) => withPinData(signed, block(other(one.pin), one.pan))
    const late = await rig.tap(one, { amount: PIN_FROM, payload, event })
    assert.equal(late.decision?.code, 'issuer_silent')
    assert.equal(await tries(one), 3)
    assert.equal(await pay(one, block(one.pin, one.pan), 6_001n), 'limit_exceeded')
  })

  test('two wrong PINs at once cost two tries', async () => {
    const one = await holder()
    const wrong = () => (signed: Uint8Array) => withPinData(signed, block(other(one.pin), one.pan))
    const events = [0, 1].map(() => rig.created(one, { amount: PIN_FROM, payload: wrong() }))
    await Promise.all(events.map((event) => rig.post(event)))
    await rig.ase.idle()
    assert.equal(await tries(one), 1)
  })

  test('a replayed payment with another PIN is no way to try PINs', async () => {
    const one = await holder()
    const first = rig.created(one, { amount: 100n })
    await rig.deliver(first)
    const { payload, signature } = first.data.cardDetails.data
    const guess = toHex(withPinData(fromHex(payload), block(other(one.pin), one.pan)))
    const again = rig.created(one, { amount: 100n, sent: { payload: guess, signature } })
    const entries = await rig.deliver(again)
    assert.equal(entries.find((entry) => entry.kind === 'decision')?.code, 'cryptogram_replayed')
    assert.equal(await tries(one), 3)
  })

  test('neither PIN nor PAN nor PIN block is in the journal or the database', async () => {
    const one = await holder()
    const sent = block(one.pin, one.pan)
    await pay(one, sent)
    const written = JSON.stringify(rig.entries)
    assert.ok(!written.includes(one.pan))
    assert.ok(!written.includes(toHex(sent)))
  })

  test('a card without PIN takes no notice of one', async () => {
    const one = await rig.holder({ balance: 100_000n })
    const { decision } = await rig.tap(one, { payload: (signed) => withPinData(signed, random(16)) })
    assert.equal(decision?.code, null)
  })
})

test('an issuer without keys for PINs issues no card with one', async () => {
  const hsm = await CardHsm.open(TRANSPORT, MAILER)
  const rig = await Rig.start(hsm, TRANSPORT)
  await assert.rejects(rig.holder({ pinFrom: 1n }), /configure "pins"/)
  await rig.close()
  await hsm.close()
})

function unwrapped(block: string): Uint8Array {
  const read = unwrapKey(xor(...COMPONENTS), block)
  return read.valid ? read.value.key : assert.fail(read.reason)
}

function other(pin: string): string {
  return pin.replace(/\d/g, (digit) => String((Number(digit) + 1) % 10))
}
