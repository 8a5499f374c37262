import { z } from 'zod'
import { type TokenSettings, tokenSettings } from '../../hardware/hsm/providers/settings.ts'
import { httpUrl, port } from '../common/environment.ts'

const settings = z.object({
  TERMINALS_PORT: port,
  TERMINALS_URL: httpUrl.optional(),
  TLS_CERT: z.string().min(1),
  TLS_KEY: z.string().min(1),
  MANUFACTURERS: z.string().min(1),
  TRUST_CERTIFICATES: z.string().min(1),
  HSM_DIRECTORY: z.string().default('.tapbench'),
  HSM_SIGNERS: z.coerce.number().int().min(1).max(8).default(2),
})

/** What a merchant ASE needs to onboard terminals, beyond the rest of it: files by their paths. */
export interface TerminalsSettings {
  port: number
  /** Base URL that terminals call and sign, when it is not the one listened on. */
  publicUrl: string | null
  /** PEM: the server's certificate, then its issuers; its key; the issuers of manufacturers' certificates. */
  files: { cert: string; key: string; manufacturers: string }
  /** File that keeps the certificates of the authority, which devices and their makers trust. */
  trust: string
  hsm: { token: TokenSettings; directory: string; signers: number }
}

/** Reads them; null of a program without `TERMINALS_PORT`, which onboards nobody. Throws an error that names each variable that is wrong. */
export function terminalsFrom(
  environment: Readonly<Record<string, string | undefined>>,
): TerminalsSettings | null {
  if (environment.TERMINALS_PORT === undefined) return null
  const read = settings.safeParse(environment)
  if (!read.success) {
    const faults = read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`)
    throw new Error(`environment of the merchant ASE, which onboards terminals: ${faults.join('; ')}`)
  }
  const set = read.data
  return {
    port: set.TERMINALS_PORT,
    publicUrl: set.TERMINALS_URL ?? null,
    files: { cert: set.TLS_CERT, key: set.TLS_KEY, manufacturers: set.MANUFACTURERS },
    trust: set.TRUST_CERTIFICATES,
    hsm: {
      token: tokenSettings(environment, 'HSM_'),
      directory: set.HSM_DIRECTORY,
      signers: set.HSM_SIGNERS,
    },
  }
}
