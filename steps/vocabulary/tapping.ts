import { generateKeyPairSync } from 'node:crypto'
import { Given, Then, When } from '@cucumber/cucumber'
import type { JournalEntry } from '../../protocols/journal/journal.ts'
import { because } from '../../protocols/outcome/outcome.ts'
import { type Money, parseMoney } from '../bench/money.ts'
import { said, type TapWorld } from '../world.ts'

Given('a terminal that signs with another key', function (this: TapWorld) {
  this.tamper.signingKey = generateKeyPairSync('ed25519').privateKey
})

Given('a terminal that sends the payload {string}', function (this: TapWorld, payload: string) {
  this.tamper.cardData = { payload, signature: '00'.repeat(8) }
})

Given('a request that is altered after it was signed', function (this: TapWorld) {
  this.tamper.alteredBody = {
    amount: { value: '1', assetCode: this.shop.currency, assetScale: this.holder.scale },
  }
})

When('the cardholder taps for {money}', async function (this: TapWorld, { value, currency }: Money) {
  await this.tap(value, currency)
})

When(
  'the cardholder taps with a sound card for {money}',
  async function (this: TapWorld, { value, currency }: Money) {
    await this.giveCard(this.card.image.profile.name)
    await this.tap(value, currency)
  },
)

When(
  'the terminal asks for {money} from the wallet address of somebody else',
  async function (this: TapWorld, { value, currency }: Money) {
    await this.tap(value, currency, { senderWalletAddress: this.somebodyElse.walletAddress })
  },
)

When(
  'the terminal asks for {money} after the card signed {money}',
  async function (this: TapWorld, asked: Money, signed: Money) {
    await this.tap(signed.value, signed.currency, { amount: asked.value, currency: asked.currency })
  },
)

When(
  'the card signs {money} for another merchant',
  async function (this: TapWorld, { value, currency }: Money) {
    const { walletHost } = this.bench.services.plan
    await this.tap(value, currency, { receiver: `https://${walletHost.merchant}/another` })
  },
)

When('the terminal makes a new payment of the same card data', async function (this: TapWorld) {
  const { payload, emv, amount } = this.lastTap
  if (payload === null || emv.cryptogram === null || amount === null)
    throw new Error('expected the last tap to have card data')
  await this.tap(BigInt(amount.value), amount.assetCode, { cardData: { payload, signature: emv.cryptogram } })
})

When('the terminal sends the same request again', async function (this: TapWorld) {
  const { request } = this.lastTap
  if (request === null) throw new Error('expected the last tap to have sent a request')
  this.outcome = await this.shop.terminal.repeat(request)
})

When('the terminal waits for a card that does not come', async function (this: TapWorld) {
  await this.bench.slot.remove()
  const { value, currency } = parseMoney('1.00', this.shop.currency)
  const result = await this.shop.terminal.tap({ reader: this.bench.slot.reader, amount: value, currency })
  this.taps.push(result)
  this.outcome = result.outcome
})

Then('the terminal shows {string}', function (this: TapWorld, word: string) {
  if (this.outcome?.word !== word) throw new Error(`expected ${word}, the terminal shows ${shown(this)}`)
})

Then('the terminal shows {string} because {string}', function (this: TapWorld, word: string, reason: string) {
  // A detail may follow in parentheses, such as the command before which the card was removed.
  const { reason: given } = this.outcome ?? because('payment_not_completed')
  const fits = given === reason || given?.startsWith(`${reason} (`)
  if (this.outcome?.word !== word || !fits)
    throw new Error(`expected ${word}: ${reason}; the terminal shows ${shown(this)}`)
})

Then(
  'the cryptogram has CID {string} and {int} bytes',
  function (this: TapWorld, cid: string, bytes: number) {
    const { emv } = this.lastTap
    const came = `CID ${emv.cid} and ${(emv.cryptogram ?? '').length / 2} bytes`
    if (came !== `CID ${cid} and ${bytes} bytes`)
      throw new Error(`expected CID ${cid} and ${bytes} bytes, got ${came}`)
  },
)

Then('the transaction counters rose by one each time', function (this: TapWorld) {
  const counters = this.taps.map(({ emv }) => Number.parseInt(emv.atc ?? '', 16))
  const [first = 0] = counters
  if (counters.some((counter, index) => counter !== first + index))
    throw new Error(`expected counters that rise by one, got ${counters.join(', ')}`)
})

function shown({ outcome }: TapWorld): string {
  return outcome === null ? 'nothing' : said(outcome)
}

When('somebody sends the recorded request once more', async function (this: TapWorld) {
  const { request } = this.lastTap
  if (request === null) throw new Error('expected the last tap to have sent a request')
  this.answer = await this.bench.post('merchant-ase', request)
})

Then('the POS API answers {int} because {string}', function (this: TapWorld, status: number, reason: string) {
  const { status: came, body } = this.answer ?? {}
  const { reason: given } = (body ?? {}) as { reason?: string }
  if (came !== status || given !== reason)
    throw new Error(`expected ${status}: ${reason}; the POS API answered ${came}: ${given}`)
})

Then('Rafiki was told {string}', async function (this: TapWorld, failure: string) {
  const told = await toldRafiki(this)
  if (told !== failure) throw new Error(`expected ${failure}, Rafiki was told ${told}`)
})

const CANCELLED = `query Cancelled($id: String!) { walletAddress(id: $id) {
  outgoingPayments(first: 1) { edges { node { metadata } } }
} }`

/** Why the last payment was cancelled, as the issuer has said it; of somebody else's, as Rafiki has kept it. */
async function toldRafiki({ bench, holder, journal }: TapWorld): Promise<string | undefined> {
  type Reason = { cardPaymentFailureReason?: string }
  if (bench.profile.customerAse.socket === 'external') {
    type Found = { walletAddress: { outgoingPayments: { edges: { node: { metadata: Reason | null } }[] } } }
    const { walletAddress } = await bench.services.admin.customer.run<Found>(CANCELLED, {
      id: holder.walletAddressId,
    })
    return walletAddress.outgoingPayments.edges[0]?.node.metadata?.cardPaymentFailureReason
  }
  const isCancel = (entry: JournalEntry) =>
    entry.kind === 'http' &&
    entry.from === 'customer-ase' &&
    JSON.stringify(entry.requestBody).includes('cardPaymentFailureReason')
  const cancel = await journal.until('the issuer to cancel', isCancel)
  const { input } = (
    (cancel as { requestBody?: unknown }).requestBody as {
      variables: { input: Reason }
    }
  ).variables
  return input.cardPaymentFailureReason
}
