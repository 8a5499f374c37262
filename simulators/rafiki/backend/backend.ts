import type { HttpClient } from '../../common/http-client.ts'
import { NEIGHBOURS, type Settings } from '../config.ts'
import type { Hardening } from '../hardening.ts'
import { CredentialIssuer } from '../ilp/credentials.ts'
import { Assets } from './assets.ts'
import { Fees } from './fees.ts'
import { IncomingPayments } from './incoming-payments.ts'
import { type Account, Ledger } from './ledger.ts'
import { liquidityLow } from './liquidity-low.ts'
import { OutgoingPayments } from './outgoing-payments.ts'
import { Peers } from './peers.ts'
import { Quotes } from './quotes.ts'
import { Rates } from './rates.ts'
import { Receivers } from './receivers.ts'
import { Sending } from './sending.ts'
import { WalletAddressKeys } from './wallet-address-keys.ts'
import { WalletAddresses } from './wallet-addresses.ts'
import { Webhooks, type WebhooksOptions } from './webhooks.ts'

/** What the services of one instance work on: all of its state, in memory. */
export interface Backend {
  assets: Assets
  peers: Peers
  fees: Fees
  ledger: Ledger
  walletAddresses: WalletAddresses
  keys: WalletAddressKeys
  quotes: Quotes
  incomingPayments: IncomingPayments
  outgoingPayments: OutgoingPayments
  receivers: Receivers
  rates: Rates
  credentials: CredentialIssuer
  webhooks: Webhooks
  /** Stops everything that waits. */
  close(): void
}

/** `own`: where the instance's own services take events. Without `hardening` everything is as in Rafiki. */
export function createBackend(
  settings: Settings,
  http: HttpClient,
  own: WebhooksOptions['own'],
  hardening?: Hardening,
): Backend {
  const { clock, random, useHttp, ilpAddress, openPaymentsUrl } = settings
  const { ase, other } = NEIGHBOURS[settings.party]
  const assets = new Assets(random)
  const peers = new Peers(assets, random)
  const walletAddresses = new WalletAddresses(assets, random, openPaymentsUrl)
  const keys = new WalletAddressKeys({ clock, random })
  const fees = new Fees({ assets, clock, random })
  const webhooks = webhooksOf(settings, http, own)
  const onLow = (account: Account) => webhooks.emit(...liquidityLow(account), ['ase'])
  const ledger = new Ledger({ clock, random, onLow })
  const incomingPayments = new IncomingPayments(settings, { walletAddresses, webhooks, ledger })
  const receivers = new Receivers({ http, other, useHttp, clock })
  const rates = new Rates({
    url: settings.exchangeRatesUrl,
    ase,
    lifetimeMs: settings.exchangeRatesLifetimeMs,
    http,
    clock,
  })
  const quotes = new Quotes(settings, { walletAddresses, receivers, rates, peers, fees })
  const sending = new Sending({ peers, quotes, ledger, rates, http, other, clock, random })
  const outgoingPayments: OutgoingPayments = new OutgoingPayments(
    { walletAddresses, quotes, ledger, webhooks, clock, ...(hardening && { hardening }) },
    (payment) => void sending.attempt(payment, outgoingPayments),
  )
  const credentials = new CredentialIssuer(ilpAddress, random(32))
  const close = (): void => {
    webhooks.close()
    incomingPayments.close()
    sending.close()
    ledger.close()
  }
  return {
    assets,
    peers,
    fees,
    ledger,
    walletAddresses,
    keys,
    quotes,
    incomingPayments,
    outgoingPayments,
    receivers,
    rates,
    credentials,
    webhooks,
    close,
  }
}

function webhooksOf(settings: Settings, http: HttpClient, own: WebhooksOptions['own']): Webhooks {
  const { party, webhookUrl, webhookSecret, clock, random, journal } = settings
  return new Webhooks({
    party,
    ase: { url: webhookUrl, party: NEIGHBOURS[party].ase },
    own,
    secret: webhookSecret,
    timeoutMs: settings.webhookDeliveryTimeoutMs,
    maxRetry: settings.webhookMaxRetry,
    clock,
    random,
    http,
    journal,
  })
}
