import { randomUUID } from 'node:crypto'
import { systemClock } from '../../protocols/clock/system-clock.ts'
import { signRafiki } from '../../protocols/signatures/rafiki.ts'
import { HttpError } from '../../simulators/common/http-client.ts'
import { type RafikiAdmin, RafikiAdminError } from '../../simulators/common/rafiki-admin.ts'
import type { Plan, Side } from '../bench/plan.ts'
import { ask } from './ask.ts'
import { Fault } from './fault.ts'

/** What a check asks with: the plan, and access to the Admin APIs. */
export interface Asking {
  plan: Plan
  admin: Record<Side, RafikiAdmin>
}

/** Looks at one thing without changing anything: says what is right, or throws a {@link Fault}. */
export type Check = (asking: Asking) => Promise<string>

type Addresses = { walletAddresses: { edges: { node: { address: string } }[] } }

const TENANT_AND_SECRET = 'query Status { assets(first: 1) { edges { node { id } } } }'
// A variable that nobody uses makes it invalid, so that it is never run: a Rafiki without card payments complains of its type.
const CARD_DETAILS = 'query Status($card: CardDetailsInput) { __typename }'
const SOME_ADDRESS = 'query Status { walletAddresses(first: 1) { edges { node { address } } } }'

/** Whether the Admin API takes tenant id, secret, version and clock. */
export function adminApi(side: Side): Check {
  return async (asking) => {
    await query(asking, side, TENANT_AND_SECRET)
    return 'Admin API takes tenant and secret'
  }
}

/** Whether the customer's Rafiki knows card payments at all. */
export const cardSupport: Check = async (asking) => {
  const error = await query(asking, 'customer', CARD_DETAILS).catch((error: Error) => error)
  if (!(error instanceof Error) || /never used/i.test(error.message)) return 'has card payments'
  if (!/unknown type/i.test(error.message)) throw error
  throw new Fault(
    `expected card payments in the Admin API at ${asking.plan.adminUrl.customer}, it has no CardDetailsInput`,
    'run a Rafiki with card support, 2.4 or newer',
  )
}

/** Whether Open Payments is where the profile says. */
export function openPayments(side: Side): Check {
  return async ({ plan }) => {
    const setting = `rafiki.${side}.openPaymentsUrl`
    const url = `${plan.openPaymentsUrl[side]}/healthz`
    const { status } = await ask({ url, setting })
    if (status === 200) return 'Open Payments answers'
    throw new Fault(`expected 200 from ${url}, got ${status}`, `correct ${setting}`)
  }
}

/** Whether a wallet address that Rafiki has is of the profile's host, can be fetched, and tells of the card service. */
export function walletAddresses(side: Side): Check {
  return async (asking) => {
    const { plan } = asking
    const { walletAddresses } = await query<Addresses>(asking, side, SOME_ADDRESS)
    const [first] = walletAddresses.edges
    if (first === undefined) return 'has no wallet address yet'
    const { host, pathname } = new URL(first.node.address)
    const key = `rafiki.${side}`
    if (host !== plan.walletHost[side])
      throw new Fault(
        `expected wallet addresses at ${plan.walletHost[side]}, Rafiki has ${first.node.address}`,
        `correct ${key}.walletAddressHost, or OPEN_PAYMENTS_URL of the ${side}'s backend`,
      )
    const url = `${plan.openPaymentsUrl[side]}${pathname}`
    const headers = { host, accept: 'application/json' }
    const { status, text } = await ask({ url, setting: `${key}.openPaymentsUrl`, headers })
    if (status !== 200)
      throw new Fault(
        `expected the document of ${first.node.address} from ${url}, got ${status}`,
        `correct ${key}.openPaymentsUrl`,
      )
    if (side === 'customer' && !text.includes('"cardService"'))
      throw new Fault(
        `expected ${first.node.address} to name a card service, it does not`,
        "set CARD_SERVICE_URL of the customer's backend",
      )
    return 'wallet addresses can be fetched'
  }
}

/** Whether point-of-sale signs webhooks as the merchant ASE is told: an event that nobody waits for is refused by its signature only. */
export const webhookSecret: Check = async ({ plan }) => {
  const event = { id: randomUUID(), type: 'incoming_payment.completed', data: { id: randomUUID() } }
  const signature = signRafiki(event, plan.webhookSecrets.merchant, systemClock.now())
  const url = `${plan.pointOfSaleUrl}/webhook`
  const setting = 'rafiki.merchant.pointOfSaleUrl'
  const { status } = await ask({ url, setting, headers: { 'rafiki-signature': signature }, body: event })
  if (status === 404) return 'takes the signature of webhooks'
  const webhooks = 'rafiki.merchant.webhooks'
  throw new Fault(
    `expected 404 from ${url} to an event that nobody waits for, got ${status}`,
    status === 401
      ? `correct the secret in the variable that ${webhooks}.secretVariable names, or ${webhooks}.version: WEBHOOK_SIGNATURE_SECRET of point-of-sale, SIGNATURE_SECRET of the backend`
      : `correct ${setting}: it is a point-of-sale service of Rafiki`,
  )
}

/** Whether it is a point-of-sale that stands at its URL. */
export const pointOfSale: Check = async ({ plan }) => {
  const setting = 'rafiki.merchant.pointOfSaleUrl'
  const url = `${plan.pointOfSaleUrl}/payments?receiverWalletAddress=https://${plan.walletHost.merchant}/nobody&first=1`
  const { status } = await ask({ url, setting })
  if (status !== 404) return 'lists payments'
  throw new Fault(`expected a list of payments from ${url}, got 404`, `correct ${setting}`)
}

/** Whether it is a card service that stands at its URL: an empty payment is refused. */
export const cardService: Check = async ({ plan }) => {
  const setting = 'rafiki.customer.cardServiceUrl'
  const url = `${plan.cardServiceUrl}/payment`
  const { status } = await ask({ url, setting, body: {} })
  if (status === 400) return 'takes card payments'
  throw new Fault(`expected 400 from ${url} to an empty payment, got ${status}`, `correct ${setting}`)
}

function query<Data>(asking: Asking, side: Side, text: string): Promise<Data> {
  return run(asking, side, (admin) => admin.run<Data>(text, {}))
}

/** Asks the Admin API of a side. Throws a {@link Fault} with the setting to correct. */
export async function run<Data>(
  { plan, admin }: Asking,
  side: Side,
  question: (admin: RafikiAdmin) => Promise<Data>,
): Promise<Data> {
  try {
    return await question(admin[side])
  } catch (error) {
    throw adminFault(error, side, plan.adminUrl[side])
  }
}

// Codes of RafikiAdminError → what to do; the key is that of the side in the profile.
const ADMIN_MENDS: Readonly<Record<string, (key: string) => string>> = {
  UNAUTHORIZED: (key) =>
    `correct ${key}.tenantId, the secret in the variable that ${key}.adminApi.secretVariable names, or ${key}.adminApi.version`,
  UNEXPECTED: (key) => `correct ${key}.adminUrl: it ends in /graphql`,
}

function adminFault(error: unknown, side: Side, url: string): unknown {
  const key = `rafiki.${side}`
  if (error instanceof HttpError) return new Fault(error.message, `correct ${key}.adminUrl`)
  if (!(error instanceof RafikiAdminError)) return error
  const mend = ADMIN_MENDS[error.code]?.(key) ?? `see the log of the ${side}'s backend`
  return new Fault(`expected the Admin API at ${url} to answer, got: ${error.message}`, mend)
}
