import { randomBytes } from 'node:crypto'
import { freePorts } from '../../hardware/net/free-ports.ts'
import { asePaths, at, bySide, type Plan, type SharedSecret } from './plan.ts'
import { trustPlan } from './trust-plan.ts'

/** Hosts of the wallet addresses; where they really are is each bench's own business. */
export const WALLET_HOST = 'wallet.tapbench.example'
export const SHOP_HOST = 'shop.tapbench.example'

const TENANT = 'cf5fd7d3-1eb1-4041-8e43-ba45747e9e5d'

/** Draws free ports and new secrets for one bench and the two Rafikis that it starts. */
export async function embeddedPlan(): Promise<Plan> {
  const found = await freePorts(15)
  const next = () => found.pop() ?? 0
  const instances = bySide(() => ({
    admin: next(),
    openPayments: next(),
    cardService: next(),
    pointOfSale: next(),
    ilp: next(),
  }))
  const listen = {
    host: '127.0.0.1',
    posApi: next(),
    terminals: next(),
    merchantWebhooks: next(),
    office: next(),
    customerAse: next(),
  }
  const openPaymentsUrl = bySide((side) => at(instances[side].openPayments))
  return {
    listen,
    posApiUrl: at(listen.posApi),
    ...(await trustPlan(listen)),
    ...asePaths({ merchant: at(listen.merchantWebhooks), customer: at(listen.customerAse) }),
    hosts: { [SHOP_HOST]: openPaymentsUrl.merchant, [WALLET_HOST]: openPaymentsUrl.customer },
    walletHost: { merchant: SHOP_HOST, customer: WALLET_HOST },
    adminUrl: bySide((side) => `${at(instances[side].admin)}/graphql`),
    tenant: { merchant: TENANT, customer: TENANT },
    adminSecrets: bySide(makeSecret),
    webhookSecrets: bySide(makeSecret),
    pointOfSaleUrl: at(instances.merchant.pointOfSale),
    cardServiceUrl: at(instances.customer.cardService),
    openPaymentsUrl,
    authUrl: { merchant: null, customer: null },
    ilp: {
      merchant: { address: 'test.tapbench.shop', endpoint: at(instances.merchant.ilp) },
      customer: { address: 'test.tapbench.wallet', endpoint: at(instances.customer.ilp) },
    },
    peerTokens: bySide(() => randomBytes(16).toString('hex')),
    transportKey: new Uint8Array(randomBytes(16)),
    pinMailerKey: new Uint8Array(randomBytes(16)),
    instances,
  }
}

function makeSecret(): SharedSecret {
  return { secret: randomBytes(32).toString('base64'), version: 1 }
}
