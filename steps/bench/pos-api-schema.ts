import { z } from 'zod'

const url = z
  .url({ protocol: /^https?$/, error: 'expected http://… or https://…' })
  .transform((text) => text.replace(/\/+$/, ''))

/** The schema of the merchant ASE's socket: ours, or the POS API of somebody else with one merchant and one terminal that it knows. */
export const merchantAseSchema = z.discriminatedUnion(
  'socket',
  [
    z.strictObject({ socket: z.literal('simulated') }),
    z.strictObject({
      socket: z.literal('external'),
      /** Terminals `POST {posApiUrl}/payments`. */
      posApiUrl: url,
      /** File of the roots (PEM) that its TLS certificate leads to; null: the machine's own. */
      trustedRoots: z.string().min(1).nullable().default(null),
      merchant: z.strictObject({
        id: z.string().min(1),
        walletAddress: z.url({ protocol: /^https$/, error: 'expected https://…' }),
        currency: z.string().min(1),
      }),
      /** `keyFile`: its private key (PKCS #8, PEM), Ed25519 or P-256; the public one is registered there. */
      terminal: z.strictObject({ id: z.string().min(1), keyFile: z.string().min(1) }),
    }),
  ],
  {
    error: ({ input }) =>
      `expected "simulated" or "external", got "${(input as { socket?: unknown }).socket}"`,
  },
)

export type ExternalPosApi = Extract<z.infer<typeof merchantAseSchema>, { socket: 'external' }>
