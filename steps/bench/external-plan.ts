import { createHmac, randomBytes } from 'node:crypto'
import { freePorts } from '../../hardware/net/free-ports.ts'
import { asePaths, at, bySide, type Plan, SIDES } from './plan.ts'
import type { ExternalRafiki } from './rafiki-schema.ts'
import { trustPlan } from './trust-plan.ts'

/** The plan for a pair that runs already: what the profile says. */
export async function externalPlan(rafiki: ExternalRafiki): Promise<Plan> {
  const { listen: host, merchant, customer } = rafiki
  const [posApi = 0, terminals = 0, office = 0] = await freePorts(3)
  return {
    listen: {
      host,
      posApi,
      terminals,
      office,
      merchantWebhooks: merchant.ase.port,
      customerAse: customer.ase.port,
    },
    posApiUrl: at(posApi, local(host)),
    ...(await trustPlan({ terminals, office }, local(host))),
    ...asePaths(bySide((side) => rafiki[side].ase.url)),
    hosts: hostsOf(rafiki),
    walletHost: bySide((side) => rafiki[side].walletAddressHost),
    adminUrl: bySide((side) => rafiki[side].adminUrl),
    tenant: bySide((side) => rafiki[side].tenantId),
    adminSecrets: bySide((side) => rafiki[side].adminApi),
    webhookSecrets: bySide((side) => rafiki[side].webhooks),
    pointOfSaleUrl: merchant.pointOfSaleUrl,
    cardServiceUrl: customer.cardServiceUrl,
    openPaymentsUrl: bySide((side) => rafiki[side].openPaymentsUrl),
    authUrl: bySide((side) => rafiki[side].authUrl),
    ilp: bySide((side) => rafiki[side].ilp),
    peerTokens: bySide((side) => peerToken(rafiki[side].adminApi.secret)),
    transportKey: new Uint8Array(randomBytes(16)),
    pinMailerKey: new Uint8Array(randomBytes(16)),
    instances: null,
  }
}

/** Rafiki's name of an ASE need not be known to this machine: the bench knows where they are. */
function hostsOf(rafiki: ExternalRafiki): Plan['hosts'] {
  const places = SIDES.flatMap((side) => {
    const { walletAddressHost, openPaymentsUrl, ase } = rafiki[side]
    return [
      [walletAddressHost, openPaymentsUrl],
      [new URL(ase.url).host, at(ase.port, local(rafiki.listen))],
    ]
  })
  return Object.fromEntries(places)
}

function local(host: string): string {
  return host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host
}

// The same in every run, so that a peer that one run has made is good in the next.
function peerToken(adminSecret: string): string {
  return createHmac('sha256', adminSecret).update('tapbench: token of an ILP peer').digest('hex').slice(0, 32)
}
