import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { parse, stringify } from 'yaml'
import { freePorts } from '../../hardware/net/free-ports.ts'
import { ROOT } from '../../steps/bench/places.ts'
import { listening, type RafikiPrograms, startProgram } from './rafiki-programs.ts'

// Both wallet addresses are those of fixtures/rafiki/seed.yaml.
const SHOP_WALLET = 'https://shop.example/fixtures/eur'
const HOLDER_WALLET = 'https://wallet.example/fixtures/euro'

/** A merchant ASE that somebody else runs, with one merchant and one terminal; gives the socket of the profile. */
export async function startMerchantAse(t: TestContext, folder: string, { profile, env }: RafikiPrograms) {
  const [posApi = 0] = await freePorts(1)
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const keyFile = join(folder, 'terminal.pem')
  await writeFile(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
  const merchants = join(folder, 'merchants.yaml')
  const wallets = [{ walletAddress: SHOP_WALLET, assetCode: 'EUR', assetScale: 2 }]
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const listed = {
    merchants: [{ id: 'vendor-shop', name: 'Shop', wallets }],
    terminals: [{ id: 'vendor-pos-1', merchantId: 'vendor-shop', publicKey: pem }],
  }
  await writeFile(merchants, stringify(listed))
  const { merchant } = parse(profile).rafiki
  const program = startProgram(t, join(ROOT, 'simulators/merchant-ase/main.ts'), {
    POS_API_PORT: `${posApi}`,
    WEBHOOK_PORT: `${merchant.ase.port}`,
    RAFIKI_POINT_OF_SALE_URL: merchant.pointOfSaleUrl,
    RAFIKI_ADMIN_URL: merchant.adminUrl,
    RAFIKI_TENANT_ID: merchant.tenantId,
    RAFIKI_ADMIN_API_SECRET: env.TAPBENCH_MERCHANT_ADMIN_API_SECRET ?? '',
    RAFIKI_SIGNATURE_SECRET: env.TAPBENCH_MERCHANT_WEBHOOK_SECRET ?? '',
    HOSTS: hostsOf(profile),
    MERCHANTS: merchants,
  })
  await listening(program)
  return {
    socket: 'external',
    posApiUrl: `http://127.0.0.1:${posApi}`,
    merchant: { id: 'vendor-shop', walletAddress: SHOP_WALLET, currency: 'EUR' },
    terminal: { id: 'vendor-pos-1', keyFile },
  }
}

/** The variable with the key that the cards of {@link startCustomerAse} came under. */
export const TRANSPORT_KEY_VARIABLE = 'TAPBENCH_CARD_TRANSPORT_KEY'

/**
 * A customer ASE that somebody else runs, with one account and two cards of it; gives the socket of the profile, and the environment with the
 * transport key. Its wallet address must be there: seed the pair before.
 */
export async function startCustomerAse(t: TestContext, folder: string, { profile, env }: RafikiPrograms) {
  const transportKey = randomBytes(16).toString('hex')
  const records = join(folder, 'records')
  const cardholders = join(folder, 'cardholders.yaml')
  const holder = {
    ...{ walletAddress: HOLDER_WALLET, assetCode: 'EUR', assetScale: 2, balance: 10_000_000 },
    cards: [{ algorithm: 'aes-128' }, { algorithm: 'ec-p256' }],
  }
  await writeFile(cardholders, stringify({ cardholders: [holder] }))
  const { customer } = parse(profile).rafiki
  const program = startProgram(t, join(ROOT, 'simulators/customer-ase/main.ts'), {
    CUSTOMER_ASE_PORT: `${customer.ase.port}`,
    RAFIKI_ADMIN_URL: customer.adminUrl,
    RAFIKI_TENANT_ID: customer.tenantId,
    RAFIKI_ADMIN_API_SECRET: env.TAPBENCH_CUSTOMER_ADMIN_API_SECRET ?? '',
    RAFIKI_SIGNATURE_SECRET: env.TAPBENCH_CUSTOMER_WEBHOOK_SECRET ?? '',
    HSM_DIRECTORY: join(folder, 'hsm'),
    HSM_SIGNERS: '1',
    TRANSPORT_KEY: transportKey,
    HOSTS: hostsOf(profile),
    CARDHOLDERS: cardholders,
    PERSONALISATION_DIRECTORY: records,
  })
  await listening(program)
  return {
    socket: {
      socket: 'external',
      webhookUrl: `${customer.ase.url}/webhooks`,
      ratesUrl: `${customer.ase.url}/rates`,
      decisionsUrl: `${customer.ase.url}/card-decisions`,
      cards: { records, transportKeyVariable: TRANSPORT_KEY_VARIABLE },
    },
    env: { ...env, [TRANSPORT_KEY_VARIABLE]: transportKey },
  }
}

function hostsOf(profile: string): string {
  const { merchant, customer } = parse(profile).rafiki
  return `wallet.example=${customer.openPaymentsUrl} shop.example=${merchant.openPaymentsUrl}`
}
