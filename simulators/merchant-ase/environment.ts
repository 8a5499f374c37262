import { z } from 'zod'
import type { Clock } from '../../protocols/clock/clock.ts'
import type { Journal } from '../../protocols/journal/journal.ts'
import { hosts, httpUrl, port } from '../common/environment.ts'
import type { MerchantAseConfig } from './config.ts'
import { SHORTEST_SECRET } from './merchants/office-service.ts'

const settings = z.object({
  HOST: z.string().default('127.0.0.1'),
  POS_API_PORT: port,
  WEBHOOK_PORT: port,
  PUBLIC_URL: httpUrl.optional(),
  OFFICE_PORT: port.optional(),
  OFFICE_SECRET: z.string().min(SHORTEST_SECRET).optional(),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  DATABASE_DIRECTORY: z.string().optional(),
  DATABASE_SCHEMA: z.string().default('merchant_ase'),
  RAFIKI_POINT_OF_SALE_URL: httpUrl,
  RAFIKI_ADMIN_URL: httpUrl,
  RAFIKI_TENANT_ID: z.string().min(1),
  RAFIKI_ADMIN_API_SECRET: z.string().min(1),
  RAFIKI_ADMIN_API_SIGNATURE_VERSION: z.coerce.number().int().positive().default(1),
  RAFIKI_SIGNATURE_SECRET: z.string().min(1),
  RAFIKI_SIGNATURE_VERSION: z.coerce.number().int().positive().default(1),
  HOSTS: hosts.default({}),
})

const variables = settings.transform(({ OFFICE_PORT: port, OFFICE_SECRET: secret, ...set }, context) => {
  if (port !== undefined && secret !== undefined) return { ...set, office: { port, secret } }
  if (port === undefined && secret === undefined) return { ...set, office: null }
  const path = [port === undefined ? 'OFFICE_PORT' : 'OFFICE_SECRET']
  context.addIssue({ code: 'custom', path, message: 'expected it with its other half: both, or neither' })
  return z.NEVER
})

/** Reads the configuration of a merchant ASE. Throws an error that names each variable that is wrong, without its value. */
export function configFrom(
  environment: Readonly<Record<string, string | undefined>>,
  parts: { clock: Clock; journal: Journal },
): MerchantAseConfig {
  const read = variables.safeParse(environment)
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`environment of the merchant ASE: ${faults.join('; ')}`)
  }
  const set = read.data
  return {
    host: set.HOST,
    ports: { posApi: set.POS_API_PORT, webhooks: set.WEBHOOK_PORT },
    ...(set.PUBLIC_URL === undefined ? {} : { publicUrl: set.PUBLIC_URL }),
    database: { url: set.DATABASE_URL, directory: set.DATABASE_DIRECTORY, schema: set.DATABASE_SCHEMA },
    rafiki: {
      pointOfSaleUrl: set.RAFIKI_POINT_OF_SALE_URL,
      adminUrl: set.RAFIKI_ADMIN_URL,
      tenantId: set.RAFIKI_TENANT_ID,
      adminApiSecret: set.RAFIKI_ADMIN_API_SECRET,
      adminApiSignatureVersion: set.RAFIKI_ADMIN_API_SIGNATURE_VERSION,
      webhookSecret: set.RAFIKI_SIGNATURE_SECRET,
      webhookSignatureVersion: set.RAFIKI_SIGNATURE_VERSION,
    },
    hosts: set.HOSTS,
    ...(set.office === null ? {} : { office: set.office }),
    ...parts,
  }
}
