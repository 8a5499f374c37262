import assert from 'node:assert/strict'
import { randomBytes, randomUUID } from 'node:crypto'
import { after, before, beforeEach, describe, it } from 'node:test'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { emvDate, emvTime } from '../../protocols/emv/numeric.ts'
import type { ReasonCode } from '../../protocols/outcome/outcome.ts'
import type { CardState } from './cards/cards.ts'
import { DEFAULT_POLICY } from './config.ts'
import { CardHsm } from './testing/card-hsm.ts'
import {
  decisionIn,
  ended,
  type Holder,
  type HolderOptions,
  Rig,
  type TapOptions,
  withSlippage,
} from './testing/rig.ts'

const DAY = 24 * 60 * 60 * 1000

describe('customer ASE', () => {
  const transportKey = new Uint8Array(randomBytes(16))
  let keys: CardHsm
  let rig: Rig

  before(async () => {
    keys = await CardHsm.open(transportKey)
    rig = await Rig.start(keys, transportKey)
  })
  after(async () => {
    await rig.close()
    await keys.close()
  })
  beforeEach(() => {
    rig.rafiki.operations.length = 0
    rig.rafiki.scripted.clear()
    keys.before = async () => {}
  })

  /** The books are right: the balance is what the ledger says, and nothing is reserved. */
  async function assertBooks(holder: Holder, balance: bigint, reserved = 0n) {
    const account = await rig.account(holder)
    assert.deepEqual([account.balance, account.ledger, account.reserved], [balance, balance, reserved])
  }

  describe('an approved tap', () => {
    for (const algorithm of ['aes-128', 'ec-p256'] as const) {
      it(`with a card of ${algorithm} is funded, and settled when it has completed`, async () => {
        const holder = await rig.holder({ algorithm })
        const { event, decision } = await rig.tap(holder)
        assert.deepEqual([decision?.word, decision?.code], ['approved', null])
        const { id } = event.data
        assert.deepEqual(rig.rafiki.of('Fund'), [{ outgoingPaymentId: id, idempotencyKey: `fund-${id}` }])
        await assertBooks(holder, 5_000n, 1_263n)
        await rig.deliver(ended(event, 'completed', 1_250n))
        await assertBooks(holder, 3_750n)
        assert.equal(rig.rafiki.of('Withdraw').length, 1)
        assert.equal(rig.rafiki.of('Cancel').length, 0)
        assert.equal((await rig.ase.card(holder.card.record.cardId))?.lastAtc, 1)
      })
    }

    it('pays with the whole balance, slippage included', async () => {
      const holder = await rig.holder({ balance: 1_263n })
      assert.equal((await rig.tap(holder)).decision?.word, 'approved')
    })

    it('pays in a currency without decimals, and one with three', async () => {
      for (const [assetCode, assetScale, currency] of [
        ['JPY', 0, '0392'],
        ['KWD', 3, '0414'],
      ] as const) {
        const holder = await rig.holder({ assetCode, assetScale })
        const money = (value: bigint) => ({ value: String(value), assetCode, assetScale })
        const { decision } = await rig.tap(holder, {
          signed: { currency, exponent: assetScale },
          event: { debitAmount: money(1_263n), receiveAmount: money(1_250n), sentAmount: money(0n) },
        })
        assert.equal(decision?.code, null, assetCode)
      }
    })

    it('is journalled with its facts, and without PAN and key', async () => {
      const holder = await rig.holder()
      const { decision, entries } = await rig.tap(holder)
      assert.equal(decision?.facts.atc, '0001')
      assert.equal(decision?.facts.balanceBefore, '5000')
      assert.equal(decision?.facts.accountCurrency, 'EUR')
      const kinds = entries.map(({ kind }) => kind)
      assert.deepEqual(kinds, ['webhook', 'http', 'decision', 'http'])
      const text = JSON.stringify(entries)
      assert.ok(!text.includes(holder.card.record.pan) && !text.includes(holder.card.record.key.wrapped))
    })
  })

  describe('a refused tap', () => {
    const LATE = 4 * DAY
    interface Refusal {
      what: string
      code: ReasonCode
      rafiki?: 'invalid_signature' | 'invalid_request'
      holder?: HolderOptions
      tap?: TapOptions | (() => TapOptions)
      /** Whether the ATC of the tap is spent. */
      spent?: boolean
    }
    const inState = (state: CardState, code: ReasonCode): Refusal => ({
      what: `a card that is ${state}`,
      code,
      holder: { state },
    })
    const REFUSALS: Refusal[] = [
      {
        what: 'a payload that is no hexadecimal',
        code: 'payload_malformed',
        tap: { sent: { payload: 'zz' } },
      },
      {
        what: 'a payload that is no template 77',
        code: 'payload_malformed',
        tap: { sent: { payload: '7000' } },
      },
      { what: 'an empty payload', code: 'payload_malformed', tap: { sent: { payload: '' } } },
      {
        what: 'a wallet address that has no account',
        code: 'card_unknown',
        tap: () => ({ event: { walletAddressId: randomUUID() } }),
      },
      {
        what: 'a sender that is somebody else',
        code: 'wallet_mismatch',
        rafiki: 'invalid_signature',
        tap: { signed: { sender: '$wallet.tapbench.example/bob' } },
      },
      inState('ORDERED', 'card_inactive'),
      inState('INACTIVE', 'card_inactive'),
      inState('FROZEN', 'card_frozen'),
      inState('TERMINATED', 'card_terminated'),
      {
        what: 'a signature that is not the cryptogram of the payload',
        code: 'cryptogram_wrong',
        rafiki: 'invalid_signature',
        tap: { sent: { signature: '0011223344556677' } },
      },
      {
        what: 'a signature that is no hexadecimal',
        code: 'cryptogram_wrong',
        rafiki: 'invalid_signature',
        tap: { sent: { signature: 'none' } },
      },
      {
        what: 'an ATC of zero',
        code: 'atc_not_rising',
        tap: { signed: { atc: fromHex('0000') } },
      },
      {
        what: 'another amount than the payment',
        code: 'amount_mismatch',
        rafiki: 'invalid_signature',
        tap: { signed: { amount: 1_249n } },
        spent: true,
      },
      {
        what: 'another currency than the payment',
        code: 'currency_mismatch',
        rafiki: 'invalid_signature',
        tap: { signed: { currency: '0840' } },
        spent: true,
      },
      {
        what: 'another exponent than the payment',
        code: 'currency_mismatch',
        rafiki: 'invalid_signature',
        tap: { signed: { exponent: 3 } },
        spent: true,
      },
      {
        what: 'a currency that ISO 4217 does not have',
        code: 'currency_mismatch',
        rafiki: 'invalid_signature',
        tap: { signed: { currency: '0000' } },
        spent: true,
      },
      {
        what: 'another receiver than the payment',
        code: 'receiver_mismatch',
        rafiki: 'invalid_signature',
        tap: { paidTo: 'https://shop.tapbench.example/another' },
        spent: true,
      },
      {
        what: 'an incoming payment that cannot be found',
        code: 'payment_not_completed',
        rafiki: 'invalid_request',
        tap: { paidTo: null },
        spent: true,
      },
      {
        what: "a currency that is not the account's",
        code: 'currency_not_accounts',
        tap: {
          signed: { currency: '0392', exponent: 0 },
          event: { receiveAmount: { value: '1250', assetCode: 'JPY', assetScale: 0 } },
        },
        spent: true,
      },
      {
        what: 'a date before the window',
        code: 'date_outside_window',
        tap: () => dated(rig.clock.now() - DAY - 1_000),
        spent: true,
      },
      {
        what: 'a date after the window',
        code: 'date_outside_window',
        tap: () => dated(rig.clock.now() + DAY + 1_000),
        spent: true,
      },
      {
        what: 'a date that the calendar does not have',
        code: 'date_outside_window',
        tap: { signed: { date: fromHex('260231') } },
        spent: true,
      },
      {
        what: 'a balance below the slippage',
        code: 'balance_too_low',
        holder: { balance: 1_262n },
        spent: true,
      },
      { what: 'an amount over the limit', code: 'limit_exceeded', holder: { limit: 1_249n }, spent: true },
      {
        what: 'a payment that is too old to be funded',
        code: 'issuer_silent',
        tap: () => ({ event: { createdAt: new Date(rig.clock.now() - 8_000).toISOString() } }),
        spent: true,
      },
      {
        what: 'several faults, the first in order',
        code: 'card_frozen',
        holder: { state: 'FROZEN', balance: 0n },
        tap: () => ({ ...dated(rig.clock.now() - LATE), sent: { signature: '00' } }),
      },
      {
        what: 'no balance and a wrong amount, the first in order',
        code: 'amount_mismatch',
        rafiki: 'invalid_signature',
        holder: { balance: 0n, limit: 1n },
        tap: { signed: { amount: 1n } },
        spent: true,
      },
    ]

    const UNDECIDED = new Set(['issuer_silent', 'payment_not_completed'])
    for (const { what, code, rafiki = 'invalid_request', holder: options, tap, spent = false } of REFUSALS) {
      it(`for ${what}: ${code}`, async () => {
        const holder = await rig.holder(options)
        const { event, decision } = await rig.tap(holder, typeof tap === 'function' ? tap() : tap)
        assert.deepEqual(
          [decision?.word, decision?.code],
          [UNDECIDED.has(code) ? 'failed' : 'declined', code],
        )
        assert.equal(rig.rafiki.of('Fund').length, 0)
        const [cancelled] = rig.rafiki.of('Cancel') as Record<string, string>[]
        assert.equal(cancelled?.id, event.data.id)
        assert.equal(cancelled?.cardPaymentFailureReason, rafiki)
        await assertBooks(holder, options?.balance ?? 5_000n)
        assert.equal((await rig.ase.card(holder.card.record.cardId))?.lastAtc, spent ? 1 : 0)
      })
    }

    it('for a cryptogram of another key: cryptogram_wrong, for both algorithms', async () => {
      for (const algorithm of ['aes-128', 'ec-p256'] as const) {
        const [holder, other] = [await rig.holder({ algorithm }), await rig.holder({ algorithm })]
        const { decision } = await rig.tap(
          { ...holder, card: other.card },
          { signed: { sender: pointerOf(holder) } },
        )
        assert.equal(decision?.code, 'cryptogram_wrong', algorithm)
      }
    })

    it('for a cryptogram of the other algorithm: cryptogram_wrong, and the HSM is not asked', async () => {
      const [holder, other] = [await rig.holder(), await rig.holder({ algorithm: 'ec-p256' })]
      const checks = keys.checks
      const { decision } = await rig.tap(
        { ...holder, card: other.card },
        { signed: { sender: pointerOf(holder) } },
      )
      assert.equal(decision?.code, 'cryptogram_wrong')
      assert.equal(keys.checks, checks)
    })

    it('for the card data of an approved tap: cryptogram_replayed', async () => {
      const holder = await rig.holder()
      const { event } = await rig.tap(holder)
      const { decision } = await rig.tap(holder, { sent: event.data.cardDetails.data })
      assert.equal(decision?.code, 'cryptogram_replayed')
      assert.deepEqual(
        (rig.rafiki.of('Cancel')[0] as Record<string, string>).cardPaymentFailureReason,
        'invalid_signature',
      )
    })

    it('for the card data of a declined tap, and of one before the last: cryptogram_replayed', async () => {
      const holder = await rig.holder({ balance: 0n })
      const { event } = await rig.tap(holder)
      await rig.tap(holder)
      const { decision } = await rig.tap(holder, { sent: event.data.cardDetails.data })
      assert.equal(decision?.code, 'cryptogram_replayed')
    })

    it('for an ATC that stands still or falls: atc_not_rising', async () => {
      const holder = await rig.holder()
      await rig.tap(holder, { signed: { atc: fromHex('0105') } })
      for (const atc of ['0105', '0104', '0005']) {
        const { decision } = await rig.tap(holder, { signed: { atc: fromHex(atc) } })
        assert.equal(decision?.code, 'atc_not_rising', atc)
      }
      assert.equal((await rig.ase.card(holder.card.record.cardId))?.lastAtc, 0x0105)
    })

    it('for an unpredictable number of a former tap: un_reused, and its ATC is spent', async () => {
      const holder = await rig.holder({ balance: 100_000n })
      const unpredictableNumber = fromHex('0B37A838')
      await rig.tap(holder, { signed: { unpredictableNumber } })
      await rig.tap(holder)
      const { decision } = await rig.tap(holder, { signed: { unpredictableNumber } })
      assert.equal(decision?.code, 'un_reused')
      assert.equal((await rig.ase.card(holder.card.record.cardId))?.lastAtc, 3)
    })

    it('again and again does not make the issuer forget former taps', async () => {
      const holder = await rig.holder({ balance: 100_000n })
      const unpredictableNumber = fromHex('0B37A838')
      await rig.tap(holder, { signed: { unpredictableNumber } })
      const { event } = await rig.tap(holder)
      const sent = event.data.cardDetails.data
      for (let again = 0; again < DEFAULT_POLICY.recentTaps; again++) await rig.tap(holder, { sent })
      const { decision } = await rig.tap(holder, { signed: { unpredictableNumber, atc: fromHex('00FF') } })
      assert.equal(decision?.code, 'un_reused')
    })

    it('for an account without a card: card_unknown', async () => {
      const { card } = await rig.holder()
      const walletAddress = 'https://wallet.tapbench.example/without-card'
      const walletAddressId = randomUUID()
      const account = await rig.ase.openAccount({
        walletAddress,
        walletAddressId,
        assetCode: 'EUR',
        assetScale: 2,
        balance: 5_000n,
      })
      const { decision } = await rig.tap({ accountId: account.id, walletAddress, walletAddressId, card })
      assert.equal(decision?.code, 'card_unknown')
    })

    it('without a card at all is cancelled and not decided on', async () => {
      const holder = await rig.holder()
      const { cardDetails: _, ...data } = rig.created(holder).data
      const entries = await rig.deliver({ id: randomUUID(), type: 'outgoing_payment.created', data })
      assert.equal(decisionIn(entries), null)
      assert.equal((rig.rafiki.of('Cancel')[0] as Record<string, string>).id, data.id)
    })

    function dated(ms: number): TapOptions {
      return { signed: { date: emvDate(ms), time: emvTime(ms) } }
    }
    function pointerOf({ walletAddress }: Holder): string {
      return walletAddress.replace('https://', '$')
    }
  })

  describe('several cards of one account', () => {
    it('are told apart by their keys', async () => {
      const holder = await rig.holder({ limit: 1n })
      const second = await rig.issue(holder.accountId, { algorithm: 'ec-p256' })
      const third = await rig.issue(holder.accountId, { state: 'FROZEN' })
      assert.equal((await rig.tap(holder)).decision?.code, 'limit_exceeded')
      assert.equal((await rig.tap({ ...holder, card: second })).decision?.code, null)
      assert.equal((await rig.tap({ ...holder, card: third })).decision?.code, 'card_frozen')
    })
  })

  describe('taps at the same time', () => {
    it('with one ATC: one passes', async () => {
      const holder = await rig.holder({ balance: 100_000n })
      const atc = fromHex('0007')
      const gate = gateFor(8)
      keys.before = gate.pass
      const events = Array.from({ length: 8 }, () => rig.created(holder, { signed: { atc } }))
      const codes = await deliverAll(events)
      assert.deepEqual(codes.toSorted(), [...Array(7).fill('atc_not_rising'), null].toSorted())
      await assertBooks(holder, 100_000n, 1_263n)
    })

    it('with the same card data: one passes, the others are replays', async () => {
      const holder = await rig.holder({ balance: 100_000n })
      const first = rig.created(holder)
      keys.before = gateFor(4).pass
      const sent = first.data.cardDetails.data
      const codes = await deliverAll([
        first,
        ...Array.from({ length: 3 }, () => rig.created(holder, { sent })),
      ])
      assert.deepEqual(codes.toSorted(), [...Array(3).fill('cryptogram_replayed'), null].toSorted())
      await assertBooks(holder, 100_000n, 1_263n)
    })

    it('of two cards: the balance is spent once', async () => {
      const holder = await rig.holder({ balance: 1_300n })
      const other = { ...holder, card: await rig.issue(holder.accountId, { algorithm: 'ec-p256' }) }
      keys.before = gateFor(2).pass
      const codes = await deliverAll([rig.created(holder), rig.created(other)])
      assert.deepEqual(codes.toSorted(), ['balance_too_low', null].toSorted())
      await assertBooks(holder, 1_300n, 1_263n)
    })

    it('as the card is frozen: the decision is made anew', async () => {
      const holder = await rig.holder()
      keys.before = () => rig.ase.setCardState(holder.card.record.cardId, 'FROZEN')
      assert.equal((await rig.tap(holder)).decision?.code, 'card_frozen')
    })

    it('as the same event: one decision', async () => {
      const holder = await rig.holder()
      const event = rig.created(holder)
      const codes = await deliverAll(Array.from({ length: 5 }, () => event))
      assert.deepEqual(codes, [null])
      assert.equal(rig.rafiki.of('Fund').length, 1)
    })

    it('as different events of one payment: one decision', async () => {
      const holder = await rig.holder()
      const event = rig.created(holder)
      const codes = await deliverAll([event, { ...event, id: randomUUID() }])
      assert.deepEqual(codes, [null])
      assert.equal(rig.rafiki.of('Cancel').length, 0)
    })

    async function deliverAll(events: unknown[]) {
      const seen = rig.entries.length
      await Promise.all(events.map((event) => rig.deliver(event)))
      return rig.entries.slice(seen).flatMap((entry) => (entry.kind === 'decision' ? [entry.code] : []))
    }

    /** Lets nobody pass before `count` have come. */
    function gateFor(count: number) {
      let open = () => {}
      const opened = new Promise<void>((resolve) => {
        open = resolve
      })
      let waiting = 0
      return {
        pass: async () => {
          waiting += 1
          if (waiting === count) open()
          await opened
        },
      }
    }
  })

  describe('webhooks', () => {
    const event = { id: randomUUID(), type: 'outgoing_payment.created', data: {} }
    const REFUSED: { what: string; headers: () => Record<string, string>; body?: string; reason: string }[] =
      [
        { what: 'no signature', headers: () => ({}), reason: 'signature missing' },
        { what: 'a malformed signature', headers: () => signature('t=x'), reason: 'signature malformed' },
        {
          what: 'a signature of another secret',
          headers: () => signature(rig.sign(event, { secret: 'other', version: 1 })),
          reason: 'signature digest',
        },
        {
          what: 'a signature of another body',
          headers: () => signature(rig.sign({ ...event, id: randomUUID() })),
          reason: 'signature digest',
        },
        {
          what: 'a signature of another version',
          headers: () => signature(rig.sign(event, { secret: 'webhook-secret', version: 2 })),
          reason: 'signature version',
        },
        {
          what: 'a signature older than its window',
          headers: () => signature(rig.sign(event, undefined, rig.clock.now() - 600_001)),
          reason: 'signature outside window',
        },
        {
          what: 'a signature from the future',
          headers: () => signature(rig.sign(event, undefined, rig.clock.now() + 60_001)),
          reason: 'signature outside window',
        },
        { what: 'a body that is no JSON', headers: () => ({}), body: '{', reason: 'signature missing' },
      ]
    for (const { what, headers, body, reason } of REFUSED) {
      it(`are refused with ${what}`, async () => {
        const seen = rig.entries.length
        const answer = await rig.post(body ?? event, headers())
        await rig.ase.idle()
        assert.equal(answer.status, 401)
        const [entry, ...others] = rig.entries.slice(seen)
        assert.ok(entry?.kind === 'webhook')
        assert.deepEqual([entry.verdict, entry.reason, others.length], ['refused', reason, 0])
        assert.equal(rig.rafiki.operations.length, 0)
      })
    }

    it('are taken up to the edge of their window', async () => {
      for (const age of [600_000, -60_000]) {
        const other = { id: randomUUID(), type: 'outgoing_payment.funded', data: {} }
        const answer = await rig.post(other, signature(rig.sign(other, undefined, rig.clock.now() - age)))
        assert.equal(answer.status, 200)
      }
    })

    it('that are signed but no events are answered 400', async () => {
      const body = { id: 'x', type: 'outgoing_payment.created' }
      assert.equal((await rig.post(body)).status, 400)
    })

    it('that are events with other data than Rafiki makes are a fact in the journal', async () => {
      const entries = await rig.deliver({ ...event, data: { id: 'x' } })
      assert.match(JSON.stringify(entries), /could not be worked on.*walletAddressId/)
    })

    it('of other types are taken, and nothing is done', async () => {
      const entries = await rig.deliver({ id: randomUUID(), type: 'wallet_address.not_found', data: {} })
      assert.deepEqual(
        entries.map((entry) => entry.kind === 'webhook' && entry.verdict),
        ['taken'],
      )
    })

    it('delivered twice change nothing', async () => {
      const holder = await rig.holder()
      const { event: created } = await rig.tap(holder)
      const completed = ended(created, 'completed', 1_250n)
      await rig.deliver(completed)
      rig.rafiki.operations.length = 0
      for (const repeated of [created, completed]) {
        const [entry, ...others] = await rig.deliver(repeated)
        assert.ok(entry?.kind === 'webhook')
        assert.deepEqual([entry.verdict, others.length], ['duplicate', 0])
      }
      await assertBooks(holder, 3_750n)
      assert.equal(rig.rafiki.operations.length, 0)
    })

    it('of a payment that was never decided on are a fact in the journal', async () => {
      const holder = await rig.holder()
      const entries = await rig.deliver(ended(rig.created(holder), 'completed', 1_250n))
      assert.match(JSON.stringify(entries), /never decided on here/)
      await assertBooks(holder, 5_000n)
    })

    function signature(value: string): Record<string, string> {
      return { 'rafiki-signature': value }
    }
  })

  describe('settlement', () => {
    it('gives everything back when the payment has failed', async () => {
      const holder = await rig.holder()
      const { event } = await rig.tap(holder)
      await rig.deliver(ended(event, 'failed', 0n))
      await assertBooks(holder, 5_000n)
      assert.equal(rig.rafiki.of('Withdraw').length, 1)
      assert.deepEqual(
        (await enquiryOf(event)).body,
        failure('payment_not_completed', 'payment was not completed'),
      )
    })

    it('debits what was sent of a payment that failed half-way', async () => {
      const holder = await rig.holder()
      const { event } = await rig.tap(holder)
      await rig.deliver(ended(event, 'failed', 300n))
      await assertBooks(holder, 4_700n)
    })

    it('withdraws nothing when nothing is left', async () => {
      const holder = await rig.holder()
      const { event } = await rig.tap(holder)
      await rig.deliver(ended(event, 'completed', withSlippage(1_250n)))
      assert.equal(rig.rafiki.of('Withdraw').length, 0)
      await assertBooks(holder, 3_737n)
    })

    it('stands when Rafiki refuses to give back the rest', async () => {
      const holder = await rig.holder()
      const { event } = await rig.tap(holder)
      rig.rafiki.scripted.set('Withdraw', [{ error: 'Insufficient balance', code: 'BAD_USER_INPUT' }])
      const entries = await rig.deliver(ended(event, 'completed', 1_250n))
      assert.match(JSON.stringify(entries), /Rafiki refused to withdraw/)
      await assertBooks(holder, 3_750n)
    })

    it('before the answer to the deposit came is settled once', async () => {
      const holder = await rig.holder()
      const event = rig.created(holder)
      rig.rafiki.scripted.set('Fund', ['hang up', { error: 'wrong state', code: 'BAD_USER_INPUT' }])
      rig.rafiki.scripted.set('Cancel', [{ error: 'wrong state', code: 'BAD_USER_INPUT' }])
      await rig.deliver(event)
      await assertBooks(holder, 5_000n, 1_263n)
      await rig.deliver(ended(event, 'completed', 1_250n))
      await assertBooks(holder, 3_750n)
      assert.equal(rig.rafiki.of('Fund').length, 2)
    })

    it('tries the deposit once more when its connection breaks', async () => {
      const holder = await rig.holder()
      rig.rafiki.scripted.set('Fund', ['hang up'])
      const { decision } = await rig.tap(holder)
      assert.equal(decision?.word, 'approved')
      const deposits = rig.rafiki.of('Fund') as { idempotencyKey: string }[]
      assert.equal(deposits.length, 2)
      assert.equal(deposits[0]?.idempotencyKey, deposits[1]?.idempotencyKey)
      assert.equal(rig.rafiki.of('Cancel').length, 0)
    })

    it('gives the reservation back when Rafiki refuses the deposit', async () => {
      const holder = await rig.holder()
      rig.rafiki.scripted.set('Fund', [{ error: 'insufficient balance', code: 'FORBIDDEN' }])
      const { event, entries } = await rig.tap(holder)
      await assertBooks(holder, 5_000n)
      assert.match(JSON.stringify(entries), /Rafiki refused to fund payment/)
      assert.equal(rig.rafiki.of('Cancel').length, 1)
      assert.deepEqual(
        (await enquiryOf(event)).body,
        failure('payment_not_completed', 'payment was not completed'),
      )
    })

    it('gives the reservation back later when Rafiki cannot be reached for a while', async () => {
      const holder = await rig.holder()
      for (const name of ['Fund', 'Cancel', 'State']) rig.rafiki.scripted.set(name, ['hang up', 'hang up'])
      await rig.tap(holder)
      assert.notEqual((await rig.account(holder)).reserved, 0n)
      rig.clock.advance(10_000)
      await rig.ase.idle()
      assert.equal((await rig.account(holder)).reserved, 0n)
    })

    it('works on an event again when its database was gone', async () => {
      const holder = await rig.holder()
      await rig.ase.database.stop()
      const { decision } = await rig.tap(holder)
      assert.equal(decision, null)
      await rig.ase.database.start()
      const seen = rig.entries.length
      rig.clock.advance(10_000)
      await rig.ase.idle()
      assert.equal(decisionIn(rig.entries.slice(seen))?.code, 'issuer_silent')
    })

    it('gives the reservation back of a payment that is cancelled or gone at Rafiki', async () => {
      for (const state of ['CANCELLED', null]) {
        const holder = await rig.holder()
        const refusal = { error: 'wrong state', code: 'BAD_USER_INPUT' }
        rig.rafiki.scripted.set('Fund', [refusal])
        rig.rafiki.scripted.set('Cancel', [refusal])
        rig.rafiki.scripted.set('State', [{ data: { outgoingPayment: state === null ? null : { state } } }])
        await rig.tap(holder)
        await assertBooks(holder, 5_000n)
      }
    })

    it('books a payment that completed although it was given up', async () => {
      const holder = await rig.holder()
      rig.rafiki.scripted.set('Fund', [{ error: 'out of luck', code: 'INTERNAL_SERVER_ERROR' }])
      const { event } = await rig.tap(holder)
      await assertBooks(holder, 5_000n)
      await rig.deliver(ended(event, 'completed', 1_250n))
      await assertBooks(holder, 3_750n)
    })
  })

  describe('money that comes', () => {
    const came = (walletAddressId: string, value = '500', assetCode = 'EUR') => {
      const receivedAmount = { value, assetCode, assetScale: 2 }
      return {
        id: randomUUID(),
        type: 'incoming_payment.completed',
        data: { id: randomUUID(), walletAddressId, receivedAmount },
      }
    }

    it('is in the account once, and taken out of Rafiki, however often it is told', async () => {
      const holder = await rig.holder()
      const event = came(holder.walletAddressId)
      await rig.deliver(event)
      await rig.deliver(event)
      await rig.deliver({ ...event, id: randomUUID() })
      await assertBooks(holder, 5_500n)
      assert.deepEqual(
        rig.rafiki.of('Collect').map((input) => (input as { incomingPaymentId: string }).incomingPaymentId),
        [event.data.id],
      )
    })

    it('for nobody, or in another currency than the account, is a fact and no money', async () => {
      const holder = await rig.holder()
      for (const event of [came(randomUUID()), came(holder.walletAddressId, '500', 'USD')]) {
        const entries = await rig.deliver(event)
        assert.match(JSON.stringify(entries), /is for none of the accounts/)
      }
      await assertBooks(holder, 5_000n)
    })
  })

  describe('an issuer that cannot decide', () => {
    it('refuses when its HSM breaks', async () => {
      const holder = await rig.holder()
      keys.before = async () => {
        throw new Error('token was pulled')
      }
      const { decision, entries } = await rig.tap(holder)
      assert.deepEqual([decision?.word, decision?.code], ['failed', 'payment_not_completed'])
      assert.match(JSON.stringify(entries), /token was pulled/)
      assert.equal(rig.rafiki.of('Cancel').length, 1)
    })

    it('refuses when Rafiki does not tell the receiver', async () => {
      const holder = await rig.holder()
      rig.rafiki.scripted.set('Receiver', ['hang up', 'hang up'])
      const { decision } = await rig.tap(holder)
      assert.deepEqual([decision?.word, decision?.code], ['failed', 'payment_not_completed'])
    })

    it('refuses a payment in another asset than the account', async () => {
      const holder = await rig.holder({ assetCode: 'USD' })
      const { decision, entries } = await rig.tap(holder)
      assert.equal(decision?.code, 'payment_not_completed')
      assert.match(JSON.stringify(entries), /expected Rafiki to debit/)
    })
  })

  describe('behaviour', () => {
    it('silent takes the webhook and does nothing', async () => {
      const holder = await rig.holder()
      rig.ase.behave({ silent: true })
      const { event, decision, entries } = await rig.tap(holder)
      rig.ase.behave({})
      assert.equal(decision, null)
      assert.deepEqual(
        entries.map(({ kind }) => kind),
        ['webhook'],
      )
      assert.equal((await enquiryOf(event)).status, 404)
    })

    it('delayed decides when the clock has come so far, and does not fund what is too old', async () => {
      for (const [delayMs, code] of [
        [7_999, null],
        [8_000, 'issuer_silent'],
      ] as const) {
        const holder = await rig.holder()
        rig.ase.behave({ delayMs })
        const { decision } = await rig.tap(holder)
        rig.ase.behave({})
        assert.equal(decision, null)
        const seen = rig.entries.length
        rig.clock.advance(delayMs)
        await rig.ase.idle()
        assert.equal(decisionIn(rig.entries.slice(seen))?.code, code)
      }
    })

    it('holding decides on all that it was asked when it no longer holds', async () => {
      rig.ase.behave({ holding: true })
      const held = [await rig.tap(await rig.holder()), await rig.tap(await rig.holder({ balance: 0n }))]
      rig.ase.behave({ holding: true, afterwards: 'cancel' })
      assert.deepEqual(
        held.map(({ decision }) => decision),
        [null, null],
      )
      const seen = rig.entries.length
      rig.ase.behave({})
      await rig.ase.idle()
      const decided = rig.entries.slice(seen).filter((entry) => entry.kind === 'decision')
      assert.deepEqual(decided.map(({ code }) => code).sort(), ['balance_too_low', null])
    })
  })

  describe('decisions over HTTP', () => {
    it('are told to whoever knows the payload and the moment', async () => {
      const holder = await rig.holder()
      const { event } = await rig.tap(holder)
      assert.deepEqual(await enquiryOf(event), {
        status: 200,
        body: { decision: 'approved', code: null, reason: null },
      })
    })

    it('give code and reason of a refusal', async () => {
      const { event } = await rig.tap(await rig.holder({ balance: 0n }))
      assert.deepEqual((await enquiryOf(event)).body, failure('balance_too_low', 'balance is too low'))
    })

    it('keep two payments of one payload apart', async () => {
      const holder = await rig.holder()
      const first = await rig.tap(holder)
      rig.clock.advance(1)
      const second = await rig.tap(holder, { sent: first.event.data.cardDetails.data })
      const answers = [await enquiryOf(first.event), await enquiryOf(second.event)]
      assert.deepEqual(
        answers.map(({ body }) => (body as { code: string }).code),
        [null, 'cryptogram_replayed'],
      )
    })

    it('take the payload in either case, the moment in any zone', async () => {
      const { event } = await rig.tap(await rig.holder())
      const { data, initiatedAt } = event.data.cardDetails
      const shifted = new Date(Date.parse(initiatedAt) + 3_600_000).toISOString().replace('Z', '+01:00')
      const answer = await rig.enquire({ payload: data.payload.toLowerCase(), initiatedAt: shifted })
      assert.equal(answer.status, 200)
    })

    it('are 404 when there is none, 400 when the question has not its form', async () => {
      const initiatedAt = new Date(rig.clock.now()).toISOString()
      assert.deepEqual(await rig.enquire({ payload: '7700', initiatedAt }), { status: 404, body: {} })
      for (const body of [{}, { payload: 'zz', initiatedAt }, { payload: '7700', initiatedAt: 'now' }, []])
        assert.equal((await rig.enquire(body)).status, 400)
    })
  })

  describe('accounts and cards', () => {
    it('are personalised with a test PAN, which the issuer keeps only truncated', async () => {
      const { card } = await rig.holder()
      const { record } = card
      assert.match(record.pan, /^99999901\d{8}$/)
      assert.equal(record.expiry, '290131')
      const known = await rig.ase.card(record.cardId)
      assert.equal(known?.truncatedPan, `99999901****${record.pan.slice(-4)}`)
      assert.ok(!JSON.stringify(known, (_, value) => String(value)).includes(record.pan))
    })

    it('take the id of a wallet address from Rafiki', async () => {
      const walletAddress = 'https://wallet.tapbench.example/at-rafiki'
      const opening = { walletAddress, assetCode: 'EUR', assetScale: 2, balance: 1n }
      await assert.rejects(rig.ase.openAccount(opening), /expected Rafiki to know/)
      const id = randomUUID()
      rig.rafiki.addresses.set(walletAddress, id)
      assert.equal((await rig.ase.openAccount(opening)).walletAddressId, id)
    })

    it('that do not exist are an error to issue for and to move, and null to look up', async () => {
      await assert.rejects(
        rig.ase.issueCard({ accountId: 'x', algorithm: 'aes-128' }),
        /expected the id of an open account/,
      )
      await assert.rejects(rig.ase.setCardState('x', 'ACTIVE'), /does not exist/)
      assert.equal(await rig.ase.account('x'), null)
      assert.equal(await rig.ase.card('x'), null)
    })

    it('stay terminated once they are', async () => {
      const { card } = await rig.holder({ state: 'TERMINATED' })
      await assert.rejects(rig.ase.setCardState(card.record.cardId, 'ACTIVE'), /terminated/)
      await rig.ase.setCardState(card.record.cardId, 'TERMINATED')
    })
  })

  it('gives exchange rates for any base it has', async () => {
    const ask = async (base: string) => fetch(`${rig.ase.ratesUrl}?base=${base}`)
    const { base, rates } = (await (await ask('USD')).json()) as {
      base: string
      rates: Record<string, number>
    }
    assert.equal(base, 'USD')
    assert.ok(Math.abs((rates.EUR ?? 0) - 1 / 1.083) < 1e-9)
    assert.equal((await ask('XYZ')).status, 404)
    assert.equal((await ask('constructor')).status, 404)
  })

  function enquiryOf({ data }: ReturnType<Rig['created']>) {
    const { data: sent, initiatedAt } = data.cardDetails
    return rig.enquire({ payload: sent.payload, initiatedAt })
  }

  function failure(code: ReasonCode, reason: string) {
    return { decision: 'declined', code, reason }
  }
})
