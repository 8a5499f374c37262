import { z } from 'zod'

type Environment = Readonly<Record<string, string | undefined>>

const url = z.url({ protocol: /^https?$/, error: 'expected http://… or https://…' })

/** The schema of the customer ASE's socket: ours, or the issuer of somebody else with the cards that it hands over. */
export function customerAseSchema(environment: Environment) {
  /** 16 bytes in hexadecimal, not in the profile: it names the variable of `environment` that holds them. */
  const transportKey = z
    .string()
    .refine(
      (name) => /^[0-9a-fA-F]{32}$/.test(environment[name] ?? ''),
      'expected an environment variable that holds 16 bytes in hexadecimal',
    )
    .transform((name) => environment[name] ?? '')
  return z.discriminatedUnion(
    'socket',
    [
      z.strictObject({ socket: z.literal('simulated') }),
      z.strictObject({
        socket: z.literal('external'),
        /** Where its Rafiki posts events: `WEBHOOK_URL`. */
        webhookUrl: url,
        /** Whose exchange rates both Rafikis take: `EXCHANGE_RATES_URL`. */
        ratesUrl: url,
        /** What it tells a merchant's ASE of its decisions; null of an issuer that tells nothing. */
        decisionsUrl: url.nullable().default(null),
        /** `records`: folder of personalisation records, a file `*.json` for each card; null: its cards are in a reader. */
        cards: z
          .strictObject({ records: z.string().min(1), transportKeyVariable: transportKey })
          .transform(({ records, transportKeyVariable }) => ({ records, transportKey: transportKeyVariable }))
          .nullable()
          .default(null),
      }),
    ],
    {
      error: ({ input }) =>
        `expected "simulated" or "external", got "${(input as { socket?: unknown }).socket}"`,
    },
  )
}

export type ExternalIssuer = Extract<z.infer<ReturnType<typeof customerAseSchema>>, { socket: 'external' }>
