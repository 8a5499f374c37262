import { z } from 'zod'
import { type TokenSettings, tokenSettings } from '../../hardware/hsm/providers/settings.ts'
import { fromHex } from '../../protocols/bytes/bytes.ts'
import { hosts, httpUrl, port } from '../common/environment.ts'
import type { CustomerAseConfig } from './config.ts'

const version = z.coerce.number().int().positive().default(1)
const aes128 = z
  .string()
  .regex(/^[0-9a-fA-F]{32}$/, 'expected 16 bytes in hexadecimal')
  .transform(fromHex)

const variables = z
  .object({
    HOST: z.string().default('127.0.0.1'),
    CUSTOMER_ASE_PORT: port,
    TLS_CERT: z.string().optional(),
    TLS_KEY: z.string().optional(),
    DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
    DATABASE_DIRECTORY: z.string().optional(),
    DATABASE_SCHEMA: z.string().default('customer_ase'),
    RAFIKI_ADMIN_URL: httpUrl,
    RAFIKI_TENANT_ID: z.string().min(1),
    RAFIKI_ADMIN_API_SECRET: z.string().min(1),
    RAFIKI_ADMIN_API_SIGNATURE_VERSION: version,
    RAFIKI_SIGNATURE_SECRET: z.string().min(1),
    RAFIKI_SIGNATURE_VERSION: version,
    HSM_DIRECTORY: z.string().default('.tapbench'),
    HSM_SIGNERS: z.coerce.number().int().min(1).max(8).default(2),
    TRANSPORT_KEY_LABEL: z.string().min(1).default('transport'),
    TRANSPORT_KEY: aes128.optional(),
    HOSTS: hosts.default({}),
    CARDHOLDERS: z.string().optional(),
    PERSONALISATION_DIRECTORY: z.string().optional(),
  })
  .refine(
    (set) => (set.TLS_CERT === undefined) === (set.TLS_KEY === undefined),
    'TLS_CERT and TLS_KEY: expected both or none',
  )
  .refine(
    (set) => (set.CARDHOLDERS === undefined) === (set.PERSONALISATION_DIRECTORY === undefined),
    'CARDHOLDERS and PERSONALISATION_DIRECTORY: expected both or none',
  )

/** What the program needs beyond the issuer's own configuration. */
export interface CustomerAseSettings {
  /** `directory`: for a private token, and for what a provider keeps. */
  hsm: {
    token: TokenSettings
    directory: string
    signers: number
    /** Imported under the transport key's label when given. */
    transportKey: Uint8Array | undefined
  }
  /** File of cardholders, and the folder that gets the personalisation records of their cards. */
  cardholders: { file: string; records: string } | null
  /** Files (PEM) with its certificate and issuers, and its key; null: plain HTTP. */
  tls: { cert: string; key: string } | null
  ase: Omit<CustomerAseConfig, 'keys' | 'clock' | 'journal' | 'random' | 'tls'>
}

/** Reads the settings of a customer ASE. Throws an error that names each variable that is wrong, without its value. */
export function settingsFrom(environment: Readonly<Record<string, string | undefined>>): CustomerAseSettings {
  const read = variables.safeParse(environment)
  if (read.success) return toSettings(read.data, tokenSettings(environment, 'HSM_'))
  const faults = read.error.issues.map(({ path, message }) => [...path, message].join(': '))
  throw new Error(`environment of the customer ASE: ${faults.join('; ')}`)
}

function toSettings(set: z.output<typeof variables>, token: TokenSettings): CustomerAseSettings {
  const { CARDHOLDERS: file, PERSONALISATION_DIRECTORY: records, TLS_CERT: cert, TLS_KEY: key } = set
  return {
    hsm: {
      token,
      directory: set.HSM_DIRECTORY,
      signers: set.HSM_SIGNERS,
      transportKey: set.TRANSPORT_KEY,
    },
    cardholders: file === undefined || records === undefined ? null : { file, records },
    tls: cert === undefined || key === undefined ? null : { cert, key },
    ase: aseSettings(set),
  }
}

function aseSettings(set: z.output<typeof variables>): CustomerAseSettings['ase'] {
  return {
    host: set.HOST,
    port: set.CUSTOMER_ASE_PORT,
    database: { url: set.DATABASE_URL, directory: set.DATABASE_DIRECTORY, schema: set.DATABASE_SCHEMA },
    rafiki: {
      adminUrl: set.RAFIKI_ADMIN_URL,
      tenantId: set.RAFIKI_TENANT_ID,
      secret: set.RAFIKI_ADMIN_API_SECRET,
      version: set.RAFIKI_ADMIN_API_SIGNATURE_VERSION,
    },
    webhooks: { secret: set.RAFIKI_SIGNATURE_SECRET, version: set.RAFIKI_SIGNATURE_VERSION },
    transportKey: set.TRANSPORT_KEY_LABEL,
    hosts: set.HOSTS,
  }
}
