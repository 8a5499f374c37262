import { randomBytes } from 'node:crypto'
import { freePorts } from '../../hardware/net/free-ports.ts'
import type { Hosts } from '../../simulators/common/http-client.ts'

/** The merchant's half of the bench and the cardholder's: an ASE and its Rafiki each. */
export const SIDES = ['merchant', 'customer'] as const
export type Side = (typeof SIDES)[number]

/** Hosts of the wallet addresses; where they really are is each bench's own business. */
export const WALLET_HOST = 'wallet.tapbench.example'
export const SHOP_HOST = 'shop.tapbench.example'

export const TENANT = 'cf5fd7d3-1eb1-4041-8e43-ba45747e9e5d'
export const ILP_ADDRESS: Record<Side, string> = {
  merchant: 'test.tapbench.shop',
  customer: 'test.tapbench.wallet',
}

/** Which port, URL and secret everybody has: they must know each other before they start. Plain data. */
export type Plan = Awaited<ReturnType<typeof makePlan>>

/** Draws free ports and new secrets for one bench. */
export async function makePlan() {
  const found = await freePorts(13)
  const next = () => found.pop() ?? 0
  const instance = () => ({
    admin: next(),
    openPayments: next(),
    cardService: next(),
    pointOfSale: next(),
    ilp: next(),
  })
  const ports = {
    merchant: instance(),
    customer: instance(),
    customerAse: next(),
    posApi: next(),
    merchantWebhooks: next(),
  }
  const hosts: Hosts = {
    [SHOP_HOST]: at(ports.merchant.openPayments),
    [WALLET_HOST]: at(ports.customer.openPayments),
  }
  const ase = at(ports.customerAse)
  return {
    ports,
    hosts,
    adminUrl: bySide((side) => `${at(ports[side].admin)}/graphql`),
    webhookUrl: { merchant: `${at(ports.merchantWebhooks)}/webhooks`, customer: `${ase}/webhooks` },
    ratesUrl: `${ase}/rates`,
    decisionsUrl: `${ase}/card-decisions`,
    pointOfSaleUrl: at(ports.merchant.pointOfSale),
    posApiUrl: at(ports.posApi),
    adminSecrets: bySide(makeSecret),
    webhookSecrets: bySide(makeSecret),
    peerTokens: bySide(() => randomBytes(16).toString('hex')),
    /** 16 bytes, under which card keys travel from the issuer to the card. */
    transportKey: new Uint8Array(randomBytes(16)),
  }
}

export function at(port: number): string {
  return `http://127.0.0.1:${port}`
}

export function bySide<Value>(make: (side: Side) => Value): Record<Side, Value> {
  return { merchant: make('merchant'), customer: make('customer') }
}

function makeSecret() {
  return { secret: randomBytes(32).toString('base64'), version: 1 }
}
